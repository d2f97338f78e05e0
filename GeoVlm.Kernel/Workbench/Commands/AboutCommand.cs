using System.Runtime.InteropServices;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!about</c>: versions, for a bug report or the methods section of a paper.</summary>
public sealed class AboutCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!about";

    /// <inheritdoc />
    public string Summary => "Shows the version of GeoVlm, the runtime and the machine.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!about"];

    /// <inheritdoc />
    public string CSharp => "typeof(CommandCatalogue).Assembly.GetName().Version";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context) =>
        context.Host.Stream(
            StreamKind.Stdout,
            $"""
            GeoVlm   {typeof(AboutCommand).Assembly.GetName().Version?.ToString(3)}
            runtime  {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}
            machine  {Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes
                / (1L << 30)} GiB of memory, {RuntimeInformation.OSDescription}
            folder   {context.WorkingFolder}

            """
        );
}
