using GeoVlm.Rendering;
using Markdig;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!markdown</c>: the rest of the cell is Markdown.</summary>
public sealed class MarkdownCommand : IBodyCommand
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions().Build();

    /// <inheritdoc />
    public string Name => "#!markdown";

    /// <inheritdoc />
    public string Summary => "Shows the rest of the cell as Markdown.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!markdown\n# A title\nwith **bold** text"];

    /// <inheritdoc />
    public string CSharp => "display(HTML(Markdig.Markdown.ToHtml(\"# A title\")));";

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context) =>
        context.Host.Display(
            new MimeBundle(
                new Dictionary<string, string>
                {
                    [MimeBundle.Html] = Markdown.ToHtml(body, Pipeline),
                    [MimeBundle.Markdown] = body,
                    [MimeBundle.Text] = body,
                }
            )
        );
}
