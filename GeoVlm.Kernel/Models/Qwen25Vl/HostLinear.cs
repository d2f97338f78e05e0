using GeoVlm.Models.Lora;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Addresses of a linear layer's weights, [output, input], of its bias and its active adapter, both float32; 0 for what it lacks.</summary>
internal sealed unsafe class HostLinear
{
    /// <summary>Takes the addresses; the tensors must outlive this.</summary>
    /// <param name="linear">The layer.</param>
    /// <param name="memory">Holds a bias that is not float32 as such.</param>
    public HostLinear(Linear linear, HostMemory memory)
    {
        LowRank? adapter = LowRank.Active ? linear.Slot.Attached : null;
        (Output, Input) = ((int)linear.Weight.size(0), (int)linear.Weight.size(1));
        Weight = linear.Weight.Address();
        if ((adapter?.Bias ?? linear.Bias) is { } bias)
            Bias = bias.dtype == ScalarType.Float32 ? bias.Address() : (nint)Widened(bias, memory);
        if (adapter is null)
            return;
        (A, B, Rank, Scaling) = (adapter.A.Address(), adapter.B.Address(), (int)adapter.A.size(0), (float)adapter.Scaling);
    }

    public int Output { get; }
    public int Input { get; }
    public nint Weight { get; }
    public nint Bias { get; }
    public nint A { get; }
    public nint B { get; }
    public int Rank { get; }
    public float Scaling { get; }

    private static float* Widened(Tensor bias, HostMemory memory)
    {
        float* copy = memory.Take(bias.numel());
        HostKernels.Copy((ushort*)bias.Address(), copy, (int)bias.numel());
        return copy;
    }
}
