using GeoVlm.Models.Native;
using GeoVlm.Tests.Goldens;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Native;

/// <summary>Measures the heap of the whole process, so no other test may run meanwhile.</summary>
[Collection(RunsAlone.Name)]
public class TorchMemoryTests
{
    [Fact]
    public void Products_of_ever_new_shapes_do_not_fill_the_heap()
    {
        Assert.SkipUnless(MatmulRouting.EnsureChosen(), "this processor's float32 products do not go to oneDNN");
        Multiply(64, 200); // full caches, warm threads
        long before = TorchMemory.InUse;
        Multiply(264, 200);
        // Without the bound 200 shapes more leave 54 MB in the heap.
        Assert.InRange(TorchMemory.InUse - before, long.MinValue, 8_000_000);
    }

    private static void Multiply(int from, int count)
    {
        using var weights = ones(256, 256);
        for (int rows = from; rows < from + count; rows++)
        {
            using var input = ones(rows, 256);
            using var product = input.matmul(weights);
        }
    }
}
