using System.Net;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!lsmagic</c>: every magic command in one table.</summary>
public sealed class LsMagicCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!lsmagic";

    /// <inheritdoc />
    public string Summary => "Lists all magic commands.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!lsmagic"];

    /// <inheritdoc />
    public string CSharp => "foreach (var command in CommandCatalogue.All) Console.WriteLine($\"{command.Name}  {command.Summary}\");";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context)
    {
        int width = CommandCatalogue.All.Max(command => command.Name.Length);
        string text = string.Join('\n', CommandCatalogue.All.Select(command => $"{command.Name.PadRight(width)}  {command.Summary}"));
        string rows = string.Concat(
            CommandCatalogue.All.Select(command =>
                $"<tr><td style=\"text-align:left\"><code>{WebUtility.HtmlEncode(command.Name)}</code></td><td style=\"text-align:left\">{WebUtility.HtmlEncode(command.Summary)}</td></tr>"
            )
        );
        context.Host.Display(
            new MimeBundle(
                new Dictionary<string, string>
                {
                    [MimeBundle.Html] = $"<table>{rows}</table><p><code>#!help &lt;name&gt;</code> shows a command's options.</p>",
                    [MimeBundle.Text] = text,
                }
            )
        );
    }
}
