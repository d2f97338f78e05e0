using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!mermaid</c>: Draws the text below as a Mermaid diagram, in front ends
/// that know Mermaid; elsewhere the text is shown.</summary>
public sealed class MermaidCommand : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!mermaid";

    /// <inheritdoc />
    public string Summary => "Draws the text below as a Mermaid diagram, in front ends that know Mermaid; elsewhere the text is shown.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!mermaid\ngraph LR\n  image --> policy --> answer"];

    /// <inheritdoc />
    public string CSharp =>
        "display(new MimeBundle(new Dictionary<string, string> { [\"text/vnd.mermaid\"] = text, [\"text/plain\"] = text }));";

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context) =>
        context.Host.Display(new MimeBundle(new Dictionary<string, string> { ["text/vnd.mermaid"] = body, [MimeBundle.Text] = body }));
}
