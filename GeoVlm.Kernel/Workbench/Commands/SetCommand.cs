using System.Globalization;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!set --name x --value @fsharp:y</c>: a value under a name of this language.</summary>
public sealed class SetCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!set";

    /// <inheritdoc />
    public string Summary => "Sets a variable of this language to a text, a number, or a value of another language (@fsharp:y).";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("--name", "Name of the variable.", Required: true),
        new("--value", "Text, number, true or false; or @language:name for a value of another language.", Required: true)
        {
            IsLiteral = true,
        },
        new("--mime-type", "Accepted for notebooks of Polyglot; the way is chosen by the value."),
        new("--byref", "Accepted for notebooks of Polyglot; .NET values are always shared.", MagicOptionKind.Flag),
    ];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples =>
        ["#!set --name threshold --value 0.5", "#!fsharp\nlet y = 3", "#!set --name x --value @fsharp:y"];

    /// <inheritdoc />
    public string CSharp => "var threshold = 0.5;";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context) =>
        LanguageCatalogue
            .Find(context.Language, context)
            .Set(arguments.Required("--name"), Value(arguments.Required("--value"), context), context);

    private static object? Value(string text, CommandContext context)
    {
        if (text.StartsWith('@') && text.Length > 1)
        {
            string[] parts = text[1..].Split(':', 2);
            return LanguageCatalogue.Find(parts.Length == 2 ? parts[0] : CellSegment.CSharp, context).Get(parts[^1], context);
        }
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole) ? whole
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
            : bool.TryParse(text, out bool truth) ? truth
            : text;
    }
}
