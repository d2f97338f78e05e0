namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!who</c>: the names of the variables.</summary>
public sealed class WhoCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!who";

    /// <inheritdoc />
    public string Summary => "Lists the names of the variables.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!who"];

    /// <inheritdoc />
    public string CSharp => "#!who has no C# equivalent: variables are the session's";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context) =>
        context.Host.Stream(
            StreamKind.Stdout,
            context.Variables.Count == 0
                ? "no variables yet\n"
                : string.Join("  ", context.Variables.Select(variable => variable.Name)) + "\n"
        );
}
