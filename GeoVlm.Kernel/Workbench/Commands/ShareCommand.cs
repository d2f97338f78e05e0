using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!share x --from fsharp</c>: a value of another language into the language that the line stands in.</summary>
public sealed class ShareCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!share";

    /// <inheritdoc />
    public string Summary =>
        "Brings a value of another language into this one: a .NET value as it is, to and from other processes as JSON.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("name", "Name of the value there.", Required: true),
        new("--from", "Language that has it: csharp, fsharp, python, or the name of a connected kernel.", Required: true),
        new("--as", "Its name here; the same when left out."),
        new("--mime-type", "Accepted for notebooks of Polyglot; the way is chosen by the value."),
    ];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!fsharp\nlet answer = 42", "#!share answer --from fsharp", "answer + 1"];

    /// <inheritdoc />
    public string CSharp => "// C# cells share their variables already";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context)
    {
        string name = arguments.Required("name");
        object? value = LanguageCatalogue.Find(arguments.Required("--from"), context).Get(name, context);
        LanguageCatalogue.Find(context.Language, context).Set(arguments.Text("--as") ?? name, value, context);
    }
}
