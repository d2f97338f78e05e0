using GeoVlm.Models.Native;

namespace GeoVlm.Tests.Models.Native;

public class TorchRuntimeTests
{
    [Fact]
    public void The_runtime_says_what_it_loaded()
    {
        var lines = TorchRuntime.Describe().ToDictionary(l => l.Label, l => l.Value);
        Assert.True(File.Exists(Path.Combine(lines["libtorch"], "libtorch_cpu.so")));
        Assert.Contains("2.10", lines["TorchSharp"]);
    }

    [Fact]
    public void Files_that_are_not_the_known_shim_are_left_alone()
    {
        Assert.False(LibTorchSharpPatch.Apply(new byte[10]));
        byte[] elf = [0x7f, 0x45, 0x4c, 0x46, 2, .. Enumerable.Repeat((byte)0xff, 200)];
        Assert.False(LibTorchSharpPatch.Apply(elf));
    }
}
