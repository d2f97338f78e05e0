using System.Text;

namespace GeoVlm.Workbench.Commands;

/// <summary>The reference page of the magic commands, made of the commands themselves, so that it cannot fall behind them.</summary>
public static class CommandReference
{
    /// <summary>The page, as Markdown.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder(
            "# Magic commands\n\nMade of the commands themselves by `dotnet run -c Release --project GeoVlm.Kernel -- reference`; a test keeps it current. "
                + "In a notebook, `#!lsmagic` lists them and `#!help #!geo-load` explains one.\n\n| command | |\n| --- | --- |\n"
        );
        foreach (var command in CommandCatalogue.All)
            page.Append($"| [`{command.Name}`](#{Anchor(command.Name)}) | {Cell(command.Summary)} |\n");
        foreach (var command in CommandCatalogue.All)
            Add(page, command);
        return page.ToString();
    }

    private static void Add(StringBuilder page, IMagicCommand command)
    {
        page.Append(
            $"\n## {command.Name}\n\n{Sentence(command.Summary)}{(command.Aliases.Count > 0 ? $" Also {string.Join(", ", command.Aliases.Select(a => $"`{a}`"))}." : "")}\n"
        );
        if (command.Options.Count > 0)
        {
            page.Append("\n| argument | default | |\n| --- | --- | --- |\n");
            foreach (var option in command.Options)
            {
                string choices = option.Choices is { Count: > 0 } list ? $" One of {string.Join(", ", list.Select(c => $"`{c}`"))}." : "";
                page.Append(
                    $"| `{option.Name}`{(option.Kind == MagicOptionKind.Flag ? " (flag)" : "")} | {(option.Required ? "required" : option.Default is { } value ? $"`{Cell(value)}`" : "")} | {Cell(Sentence(option.Summary))}{Cell(choices)} |\n"
                );
            }
        }
        page.Append("\n```\n");
        foreach (string example in command.Examples)
            page.Append(example).Append('\n');
        page.Append("```\n\nIn plain C#:\n\n```csharp\n").Append(command.CSharp).Append("\n```\n");
    }

    private static string Sentence(string text) =>
        text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..] + (text[^1] is '.' or '?' ? "" : ".");

    private static string Cell(string text) => text.Replace("|", "\\|").Replace("\n", " ").Replace("<", "&lt;");

    private static string Anchor(string name) =>
        new([.. name.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')]);
}
