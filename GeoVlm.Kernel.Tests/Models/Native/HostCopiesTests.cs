using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Native;

public sealed class HostCopiesTests
{
    [Fact]
    public void Numbers_come_in_the_order_of_the_tensor_whatever_its_layout()
    {
        using var scope = NewDisposeScope();
        var rows = arange(6, dtype: ScalarType.Float32).view(2, 3);
        Assert.Equal([0f, 3, 1, 4, 2, 5], rows.t().ToArray<float>());
        Assert.Equal([0f, 1, 2, 3, 4, 5], rows.ToArray<float>()); // it is still there
        Assert.Equal([false, true], rows.select(1, 0).gt(1).ToArray<bool>());
        Assert.Empty(rows.narrow(0, 0, 0).ToArray<float>());
    }

    [Fact]
    public void Another_number_type_is_refused()
    {
        using var numbers = zeros(2, dtype: ScalarType.Float64);
        Assert.Throws<ArgumentException>(() => numbers.ToArray<float>());
    }
}
