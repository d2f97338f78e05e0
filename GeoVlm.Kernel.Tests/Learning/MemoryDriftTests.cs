using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Models.Native;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning;

/// <summary>Measures the heap of the whole process, so no other test may run meanwhile. Resident memory says nothing here: in a process
/// that has run other tests it moves by their remains.</summary>
[Collection(RunsAlone.Name)]
public sealed class MemoryDriftTests
{
    [Fact]
    public void What_libtorchs_heap_has_in_use_levels_off_over_the_steps()
    {
        using var policy = TinyPolicy.Load();
        using var trainer = new GrpoTrainer(
            policy,
            TinyPolicy.Samples(48),
            s => RubricCatalogue.For(s.Task),
            new GrpoConfig
            {
                Steps = 50,
                PromptsPerStep = 4,
                GroupSize = 4,
            }
        );
        List<double> heap = [];
        for (int step = 0; step < 50; step++)
        {
            trainer.Step(TestContext.Current.CancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            heap.Add(TorchMemory.InUse);
        }
        Assert.True(heap[40..].Max() < 1.03 * heap[10..25].Max(), string.Join(" ", heap.Select(bytes => $"{bytes / 1e6:0}")));
    }
}
