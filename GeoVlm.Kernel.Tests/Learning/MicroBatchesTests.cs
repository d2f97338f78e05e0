using System.Runtime.InteropServices;
using GeoVlm.Learning;

namespace GeoVlm.Tests.Learning;

public class MicroBatchesTests
{
    private static readonly int[] items = [1, 2, 3, 4, 5, 6, 7];

    [Fact]
    public void Running_out_of_memory_halves_the_micro_batch_and_begins_the_update_anew()
    {
        var batches = new MicroBatches(int.MaxValue);
        int total = 0,
            begun = 0;
        var sizes = batches.Run(
            items,
            () => (total, begun) = (0, begun + 1),
            chunk =>
            {
                total += chunk.Sum(); // as gradients add up
                return chunk.Count <= 2
                    ? chunk.Count
                    : throw new ExternalException("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes.");
            }
        );
        Assert.Equal([1, 1, 1, 1, 1, 1, 1], sizes); // 7 → 3 → 1
        Assert.Equal((28, 3), (total, begun));
        Assert.Equal(2, batches.Notes.Count);
        batches.Run(items, () => begun++, chunk => chunk.Count);
        Assert.Equal(4, begun); // the size is kept: no second failure
    }

    [Fact]
    public void One_group_that_does_not_fit_is_an_error_with_a_cure()
    {
        var batches = new MicroBatches(1);
        var error = Assert.Throws<GeoVlmException>(() =>
            batches.Run(items, () => { }, int (_) => throw new ExternalException("CUDA out of memory. Tried to allocate"))
        );
        Assert.Contains("LoRA", error.Message);
    }

    [Fact]
    public void Other_errors_pass() =>
        Assert.Throws<ExternalException>(() =>
            new MicroBatches(4).Run(items, () => { }, int (_) => throw new ExternalException("shapes do not match"))
        );
}
