using GeoVlm.Generation;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using GeoVlm.Tests.Goldens;
using TorchSharp;

namespace GeoVlm.Tests.Models.Native;

[Collection(nameof(TorchDeterminism))] // the mode is the process's: no other test may compute meanwhile
public class TorchDeterminismTests
{
    [Fact]
    public void The_mode_reaches_libtorch_which_refuses_what_it_cannot_repeat()
    {
        using var scope = torch.NewDisposeScope();
        Assert.False(TorchDeterminism.Enabled);
        TorchDeterminism.Enable();
        try
        {
            Assert.True(TorchDeterminism.Enabled);
            Assert.Contains(("algorithms", "deterministic"), TorchRuntime.Describe());
            Assert.False(DeviceSampler.Can(new SamplingOptions()));
            var refused = Assert.ThrowsAny<Exception>(Unpool);
            Assert.Contains("does not have a deterministic implementation", refused.Message);
        }
        finally
        {
            TorchDeterminism.Set(false);
        }
        Assert.Equal(2, Unpool().sum().item<float>());

        // It has no deterministic algorithm on any device.
        static torch.Tensor Unpool() =>
            torch.nn.functional.max_unpool2d(torch.full([1, 1, 1, 1], 2f), torch.zeros([1, 1, 1, 1], torch.int64), [2, 2]);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:99")]
    public void A_device_that_is_not_there_is_named_with_who_asked(string name)
    {
        var error = Assert.Throws<GeoVlmException>(() => Policy.LoadOn(ModelFolder.Find(ModelFolder.Tiny, SharedFolder.Repository), name));
        Assert.StartsWith($"the device is '{name}'", error.Message);
    }
}

[CollectionDefinition(nameof(TorchDeterminism), DisableParallelization = true)]
public class AloneInTheProcess;
