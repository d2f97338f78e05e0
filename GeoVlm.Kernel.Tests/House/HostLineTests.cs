namespace GeoVlm.Tests.House;

public sealed class HostLineTests
{
    private static readonly string[] Hosts = ["NetMQ", "Microsoft.CodeAnalysis", "System.CommandLine", "Spectre.Console", "Markdig"];

    [Fact]
    public void Only_the_workbench_knows_its_hosts() =>
        SourceFiles.AssertNone(
            from reference in KernelSymbols.References
            where reference.Room != "Workbench" && Hosts.Any(reference.IsOf)
            select reference.ToString(),
            $"Only Workbench may use {string.Join(", ", Hosts)}: move the code there."
        );
}
