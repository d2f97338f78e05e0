using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!fsharp</c>: Runs F#, up to the next line that names a language; `#!share x --from csharp` brings values.</summary>
public sealed class FSharpCommand : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!fsharp";

    /// <inheritdoc />
    public IReadOnlyList<string> Aliases => ["#!f#"];

    /// <inheritdoc />
    public string Summary => "Runs F#, up to the next line that names a language; `#!share x --from csharp` brings values.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples =>
        ["#!fsharp\nlet squares = [ for n in 1 .. 3 -> n * n ]\nsquares |> List.sum", "#!share squares --from fsharp"];

    /// <inheritdoc />
    public string CSharp => "var squares = Enumerable.Range(1, 3).Select(n => n * n).ToList();";

    /// <inheritdoc />
    public bool TakesDirectives => true;

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        if (string.IsNullOrWhiteSpace(body))
            return;
        FSharpLanguage fsharp = context.Keep(() => new FSharpLanguage(context.WorkingFolder));
        // Blank lines make the line numbers those of the cell.
        if (fsharp.Run(new string((char)10, Math.Max(0, context.BodyLine - 1)) + body, context) is { } shown)
            context.Host.Display(shown);
    }
}
