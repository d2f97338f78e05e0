using System.Net;
using System.Text;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary>The help of one magic command: what it does, its options, examples, and the same in C#.</summary>
internal sealed class CommandHelp(IMagicCommand command) : IRenderable
{
    /// <inheritdoc />
    public MimeBundle Render() => new(new Dictionary<string, string> { [MimeBundle.Html] = Html(), [MimeBundle.Text] = Text() });

    /// <summary>The help as plain text.</summary>
    public string Text()
    {
        StringBuilder text = new();
        text.Append(Usage()).Append("\n    ").Append(command.Summary).Append('\n');
        int width = command.Options.Select(option => option.Name.Length).DefaultIfEmpty(0).Max();
        foreach (MagicOption option in command.Options)
            text.Append($"\n    {option.Name.PadRight(width)}  {Describe(option)}");
        if (command.Options.Count > 0)
            text.Append('\n');
        text.Append("\nexamples\n").AppendJoin('\n', command.Examples.Select(Indent));
        text.Append("\n\nin C#\n").Append(Indent(command.CSharp));
        return text.ToString();
    }

    private string Html()
    {
        StringBuilder html = new();
        html.Append($"<p><code>{Encode(Usage())}</code><br/>{Encode(command.Summary)}</p>");
        if (command.Options.Count > 0)
        {
            html.Append("<table>");
            foreach (MagicOption option in command.Options)
                html.Append(
                    $"<tr><td style=\"text-align:left\"><code>{Encode(option.Name)}</code></td><td style=\"text-align:left\">{Encode(Describe(option))}</td></tr>"
                );
            html.Append("</table>");
        }
        html.Append(
            $"<p>examples</p><pre>{Encode(string.Join('\n', command.Examples))}</pre><p>in C#</p><pre>{Encode(command.CSharp)}</pre>"
        );
        return html.ToString();
    }

    private string Usage() => string.Join(' ', command.Options.Select(Form).Prepend(command.Name));

    private static string Form(MagicOption option)
    {
        string form =
            option.IsPositional ? $"<{option.Name}>"
            : option.Kind == MagicOptionKind.Flag ? option.Name
            : $"{option.Name} <{option.Kind.ToString().ToLowerInvariant()}>";
        return option.Required ? form : $"[{form}]";
    }

    /// <summary>One option: what it is, what it may be, what it is when left out.</summary>
    public static string Describe(MagicOption option)
    {
        List<string> notes = [];
        if (option.Required)
            notes.Add("required");
        if (option.Choices is { } choices)
            notes.Add($"one of {string.Join(", ", choices)}");
        if (option.Default is { } standard)
            notes.Add($"default {standard}");
        return notes.Count == 0 ? option.Summary : $"{option.Summary} ({string.Join("; ", notes)})";
    }

    private static string Indent(string lines) => "    " + lines.Replace("\n", "\n    ", StringComparison.Ordinal);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
