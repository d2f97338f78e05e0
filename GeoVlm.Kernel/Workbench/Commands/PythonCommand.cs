using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!python</c>: Runs Python through the ipykernel of this machine, started with
/// the first cell; `#!share x --from csharp` brings values.</summary>
public sealed class PythonCommand : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!python";

    /// <inheritdoc />
    public IReadOnlyList<string> Aliases => ["#!py"];

    /// <inheritdoc />
    public string Summary =>
        "Runs Python through the ipykernel of this machine, started with the first cell; `#!share x --from csharp` brings values.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!python --help"];

    /// <inheritdoc />
    public string CSharp => "// Python is another process; `#!share x --from python` brings its values";

    /// <inheritdoc />
    public bool TakesDirectives => true;

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        if (!string.IsNullOrWhiteSpace(body))
            KernelConnections.Of(context).Python().Run(body, context);
    }
}
