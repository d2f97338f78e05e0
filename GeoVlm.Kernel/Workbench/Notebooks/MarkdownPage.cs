using System.Text.Json.Nodes;
using GeoVlm.Rendering;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Helpers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Markdown cells of one page: raw HTML is shown as text, links go nowhere
/// that runs code, images come from the notebook alone.</summary>
internal sealed class MarkdownPage
{
    // Chosen one by one: the "advanced" set has generic attributes, which let markdown write any attribute.
    private static readonly MarkdownPipeline pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseEmphasisExtras()
        .UseAutoLinks()
        .UseTaskLists()
        .UseFootnotes()
        .UseMathematics()
        .Build();

    private readonly Dictionary<string, int> ids = [];

    /// <summary>The headings met so far: level, anchor, text.</summary>
    public List<(int Level, string Id, string Text)> Headings { get; } = [];

    /// <summary>A cell as HTML.</summary>
    /// <param name="markdown">Its source.</param>
    /// <param name="attachments">The cell's attached images: name, then MIME type to base64.</param>
    public string ToHtml(string markdown, JsonObject? attachments = null)
    {
        var document = Markdown.Parse(markdown, pipeline);
        foreach (var heading in document.Descendants<HeadingBlock>())
            AddHeading(heading);
        foreach (var link in document.Descendants<LinkInline>().ToArray())
            Tame(link, attachments);
        foreach (var link in document.Descendants<AutolinkInline>().ToArray())
            if (!link.IsEmail && !IsHarmless(link.Url))
                link.ReplaceBy(new LiteralInline(link.Url));
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathInlineRenderer>(new InlineFormula());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathBlockRenderer>(new DisplayedFormula());
        renderer.Render(document);
        return writer.ToString();
    }

    /// <summary>Whether following a link cannot run code: a web or mail address, or a place relative to the page.</summary>
    public static bool IsHarmless(string? url)
    {
        string address = new([.. (url ?? "").Where(c => c > ' ' && c != 0x7F)]);
        int colon = address.IndexOf(':');
        if (colon < 0 || address.IndexOfAny(['/', '?', '#']) is >= 0 and var stop && stop < colon)
            return true;
        return address[..colon].ToLowerInvariant() is "http" or "https" or "mailto";
    }

    private void AddHeading(HeadingBlock heading)
    {
        string text = heading.Inline is null
            ? ""
            : string.Concat(
                heading
                    .Inline.Descendants()
                    .Select(i =>
                        i switch
                        {
                            LiteralInline literal => literal.Content.ToString(),
                            CodeInline code => code.Content,
                            MathInline formula => formula.Content.ToString(),
                            _ => "",
                        }
                    )
            );
        string id = LinkHelper.Urilize(text, allowOnlyAscii: true) is { Length: > 0 } slug ? slug : "heading";
        ids[id] = ids.GetValueOrDefault(id) + 1;
        if (ids[id] > 1)
            id = $"{id}-{ids[id]}";
        Markdig.Renderers.Html.HtmlAttributesExtensions.GetAttributes(heading).Id = id;
        Headings.Add((heading.Level, id, text));
    }

    private static void Tame(LinkInline link, JsonObject? attachments)
    {
        if (!link.IsImage)
        {
            if (!IsHarmless(link.Url))
                link.Url = "#";
            return;
        }
        string url = link.Url ?? "";
        if (
            url.StartsWith("attachment:", StringComparison.Ordinal)
            && attachments?[Uri.UnescapeDataString(url["attachment:".Length..])] is JsonObject image
            && image.FirstOrDefault(i => i.Key is "image/png" or "image/jpeg" or "image/gif") is { Key: not null } found
        )
            link.Url = $"data:{found.Key};base64,{HtmlText.Encode(NotebookText.Of(found.Value).Replace("\n", ""))}";
        else if (!url.StartsWith("data:image/", StringComparison.Ordinal))
        {
            // An image elsewhere would be a request over the network; its address is a link instead.
            link.IsImage = false;
            if (!IsHarmless(url))
                link.Url = "#";
        }
    }

    private sealed class InlineFormula : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline formula) =>
            renderer.Write(Formula.ToMathMl(formula.Content.ToString(), display: formula.DelimiterCount > 1));
    }

    private sealed class DisplayedFormula : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock formula) =>
            renderer.Write(Formula.ToMathMl(formula.Lines.ToString(), display: true));
    }
}
