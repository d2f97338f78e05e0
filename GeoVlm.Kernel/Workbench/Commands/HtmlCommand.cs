using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!html</c>: the rest of the cell is HTML.</summary>
public sealed class HtmlCommand : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!html";

    /// <inheritdoc />
    public string Summary => "Shows the rest of the cell as HTML.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!html\n<b>bold</b>"];

    /// <inheritdoc />
    public string CSharp => "display(HTML(\"<b>bold</b>\"));";

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context) => context.Host.Display(CellFunctions.HTML(body));
}
