using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GeoVlm.Rendering;
using GeoVlm.Rendering.Live;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Writes a notebook as one HTML file that opens with no network and no kernel.</summary>
/// <remarks>
/// Notebooks are untrusted: texts are encoded, elements of HTML outputs that load or navigate are shown as text, and a content
/// security policy in the page forbids every request, and every script but the one of our own displays. Parts of an odd shape are left out,
/// never thrown on.
/// </remarks>
public static partial class NotebookHtml
{
    private static readonly string policy =
        $"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {LiveScript.PolicySource}; base-uri 'none'; form-action 'none'";

    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    /// <summary>The page.</summary>
    /// <param name="notebook">The notebook as nbformat 4 JSON.</param>
    /// <param name="title">Title of the page, where the notebook has no heading.</param>
    public static string Render(JsonObject notebook, string title)
    {
        var markdown = new MarkdownPage();
        var body = new StringBuilder();
        int number = 0;
        foreach (var cell in (notebook["cells"] as JsonArray ?? []).OfType<JsonObject>())
            WriteCell(body, cell, ++number, markdown);

        var headings = markdown.Headings.Where(h => h.Level <= 4 && h.Text.Length > 0).ToArray();
        string name = headings.FirstOrDefault(h => h.Level == 1).Text ?? title;
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n")
            .Append(
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
            )
            .Append($"<title>{HtmlText.Encode(name)}</title>\n<style>\n{Style()}</style>\n</head>\n<body>\n<main>\n");
        if (headings.All(h => h.Level > 1))
            page.Append($"<header><h1>{HtmlText.Encode(title)}</h1></header>\n");
        if (headings.Length > 2)
        {
            page.Append("<nav aria-label=\"Contents\"><ol>\n");
            foreach (var (level, id, text) in headings)
                page.Append($"<li class=\"level-{level}\"><a href=\"#{HtmlText.Encode(id)}\">{HtmlText.Encode(text)}</a></li>\n");
            page.Append("</ol></nav>\n");
        }
        page.Append(body).Append("</main>\n");
        if (IsLive().IsMatch(body.ToString()))
            page.Append(LiveScript.Element).Append('\n');
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void WriteCell(StringBuilder body, JsonObject cell, int number, MarkdownPage markdown)
    {
        string[] tags = [.. (cell["metadata"]?["tags"] as JsonArray ?? []).Select(NotebookText.Of)];
        if (tags.Contains("remove-cell"))
            return;
        string source = NotebookText.Of(cell["source"]);
        string kind = NotebookText.Of(cell["cell_type"]);
        body.Append($"<section id=\"cell-{number}\">\n");
        if (kind == "markdown")
            body.Append("<div class=\"markdown\">").Append(markdown.ToHtml(source, cell["attachments"] as JsonObject)).Append("</div>\n");
        else
        {
            string count = cell["execution_count"] is JsonValue value && value.TryGetValue(out int n) ? $"{n}" : " ";
            if (kind == "code")
                body.Append($"<a class=\"number\" href=\"#cell-{number}\">[{count}]</a>");
            if (!tags.Contains("remove-input"))
                body.Append("<pre class=\"code\">")
                    .Append(kind == "code" ? CodeHighlighter.ToHtml(source) : HtmlText.Encode(source))
                    .Append("</pre>\n");
            if (!tags.Contains("remove-output"))
                foreach (var output in (cell["outputs"] as JsonArray ?? []).OfType<JsonObject>())
                    WriteOutput(body, output, markdown);
        }
        body.Append("</section>\n");
    }

    private static void WriteOutput(StringBuilder body, JsonObject output, MarkdownPage markdown)
    {
        switch (NotebookText.Of(output["output_type"]))
        {
            case "stream":
                string stream = NotebookText.Of(output["name"]) == "stderr" ? "stderr" : "stdout";
                body.Append($"<div class=\"output\"><pre class=\"{stream}\">").Append(Terminal(output["text"])).Append("</pre></div>\n");
                break;
            case "error":
                string name = NotebookText.Of(output["ename"]),
                    message = NotebookText.OfTerminal(NotebookText.Of(output["evalue"]));
                string trace = NotebookText.OfTerminal(string.Join('\n', (output["traceback"] as JsonArray ?? []).Select(NotebookText.Of)));
                body.Append($"<div class=\"output\"><div class=\"error\"><pre><b>{HtmlText.Encode(name)}</b>: {HtmlText.Encode(message)}");
                if (trace.Length > 0 && trace.Trim() != message.Trim())
                    body.Append('\n').Append(HtmlText.Encode(trace));
                body.Append("</pre></div></div>\n");
                break;
            case "display_data" or "execute_result":
                if (output["data"] is JsonObject data && Richest(data, markdown) is { } html)
                    body.Append("<div class=\"output\">").Append(html).Append("</div>\n");
                break;
        }
    }

    private static string? Richest(JsonObject data, MarkdownPage markdown)
    {
        if (data[MimeBundle.Html] is { } html)
            return WithoutLoaders(NotebookText.Of(html));
        if (data[MimeBundle.Svg] is { } svg)
            return $"<img class=\"svg\" alt=\"\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(NotebookText.Of(svg)))}\">";
        foreach (string type in new[] { MimeBundle.Png, "image/jpeg", "image/gif", "image/webp" })
            if (data[type] is { } image)
                return $"<img alt=\"{HtmlText.Encode(HtmlText.Truncate(NotebookText.Of(data[MimeBundle.Text]), 300))}\" src=\"data:{type};base64,{HtmlText.Encode(NotebookText.Of(image).ReplaceLineEndings(""))}\">";
        if (data[MimeBundle.Markdown] is { } text)
            return $"<div class=\"markdown\">{markdown.ToHtml(NotebookText.Of(text))}</div>";
        if (data[MimeBundle.Text] is { } plain)
            return $"<pre>{Terminal(plain)}</pre>";
        if (data[MimeBundle.Json] is { } json)
            return $"<pre>{HtmlText.Encode(json.ToJsonString(indented))}</pre>";
        return null;
    }

    private static string Terminal(JsonNode? text) => HtmlText.Encode(NotebookText.OfTerminal(NotebookText.Of(text)));

    // The policy blocks scripts, handlers, script links and requests; what it cannot block is an element that navigates away.
    private static string WithoutLoaders(string html) => LoadingElement().Replace(ScriptElement().Replace(html, ""), "&lt;$1");

    private static string Style()
    {
        using var stream =
            typeof(NotebookHtml).Assembly.GetManifestResourceStream("notebook.css")
            ?? throw new InvalidOperationException("notebook.css is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("<div data-geo=", RegexOptions.NonBacktracking)]
    private static partial Regex IsLive();

    [GeneratedRegex("<script\\b[^>]*>.*?</script\\s*>", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex ScriptElement();

    [GeneratedRegex(
        "<(/?(?:script|meta|link|base|iframe|frame|frameset|object|embed|form|portal))\\b",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex LoadingElement();
}
