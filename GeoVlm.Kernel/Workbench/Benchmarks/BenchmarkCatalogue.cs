namespace GeoVlm.Workbench.Benchmarks;

/// <summary>The benchmarks that have a name on the command line.</summary>
public static class BenchmarkCatalogue
{
    /// <summary>All of them, in the order of the rooms.</summary>
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new DataBenchmark(),
        new ModelBenchmark(),
        new GpuBenchmark(),
        new RewardsBenchmark(),
        new GrpoBenchmark(),
        new KernelBenchmark(),
        new RewardServiceBenchmark(),
        new RenderBenchmark(),
    ];
}
