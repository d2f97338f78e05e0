using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Models.Native;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning;

/// <summary>Measures the memory of the whole process, so no other test may run meanwhile.</summary>
[Collection(RunsAlone.Name)]
public sealed class MemoryDriftTests
{
    [Fact]
    public void Resident_memory_and_libtorchs_heap_level_off_over_the_steps()
    {
        using var policy = TinyPolicy.Load();
        using var trainer = new GrpoTrainer(
            policy,
            TinyPolicy.Samples(48),
            s => RubricCatalogue.For(s.Task),
            new GrpoConfig
            {
                Steps = 60,
                PromptsPerStep = 4,
                GroupSize = 4,
            }
        );
        List<double> resident = [],
            heap = [];
        for (int step = 0; step < 60; step++)
        {
            trainer.Step(TestContext.Current.CancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            resident.Add(Environment.WorkingSet);
            heap.Add(TorchMemory.InUse);
        }
        // Resident memory grows until the heap has room for the longest completions, which some of the first forty steps have.
        Assert.True(resident[50..].Max() < 1.02 * resident[35..45].Max(), Megabytes(resident));
        Assert.True(heap[50..].Max() < 1.02 * heap[10..20].Max(), Megabytes(heap));
    }

    private static string Megabytes(IEnumerable<double> bytes) => string.Join(" ", bytes.Select(b => $"{b / 1e6:0}"));
}
