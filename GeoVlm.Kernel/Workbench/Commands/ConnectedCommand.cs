using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary>The selector of a kernel that <c>#!connect</c> made known: <c>#!python310</c>.
/// Not in the catalogue, since each session has its own.</summary>
internal sealed class ConnectedCommand(string name, KernelConnections connections) : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!" + name;

    /// <inheritdoc />
    public string Summary => $"Runs the text below in the connected kernel {name}.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => [];

    /// <inheritdoc />
    public string CSharp => "";

    /// <inheritdoc />
    public bool TakesDirectives => true;

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        if (!string.IsNullOrWhiteSpace(body))
            connections.Find(name)!.Run(body, context);
    }
}
