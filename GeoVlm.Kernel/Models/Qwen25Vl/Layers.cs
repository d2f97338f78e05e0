using GeoVlm.Models.Lora;
using GeoVlm.Models.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>The few formulas that the vision tower and the decoder share.</summary>
internal static class Layers
{
    /// <summary>x / sqrt(mean(x²) + ε) · weight over the last dimension.</summary>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon)
    {
        if (HostOperators.Take(x) && HostKernels.Fit((int)weight.numel()))
            return HostOperators.RmsNorm(x, weight, (float)epsilon);
        using Tensor? wide = Widened(x);
        using Tensor square = (wide ?? x).square();
        using Tensor mean = square.mean([-1], keepdim: true);
        using Tensor shifted = mean.add(epsilon);
        using Tensor scale = shifted.rsqrt();
        using Tensor normed = (wide ?? x).mul(scale);
        using Tensor? narrow = wide is null ? null : normed.to(x.dtype);
        return (narrow ?? normed).mul(weight);
    }

    /// <summary>last(quickGelu(first(x))), where quickGelu(x) = x · sigmoid(1.702 x).</summary>
    public static Tensor FeedForward(Tensor x, Linear first, Linear last)
    {
        using Tensor h = first.Apply(x);
        using Tensor scaled = h.mul(1.702);
        using Tensor share = scaled.sigmoid();
        using Tensor product = h.mul(share);
        return last.Apply(product);
    }

    /// <summary>down(silu(gate(x)) · up(x)); biases may be null.</summary>
    public static Tensor GatedFeedForward(Tensor x, Linear gate, Linear up, Linear down)
    {
        using Tensor g = gate.Apply(x);
        using Tensor u = up.Apply(x);
        using Tensor product = Gated(g, u);
        return down.Apply(product);
    }

    private static Tensor Gated(Tensor gate, Tensor up)
    {
        if (HostOperators.Take(gate))
            return HostOperators.Gated(gate, up);
        using Tensor activated = F.silu(gate);
        return activated.mul(up);
    }

    /// <summary>Rotates pairs (i, i + half) of the last dimension: x · cos + swap(x) · signedSin.</summary>
    /// <param name="x">[..., head].</param>
    /// <param name="rotary">Cosines, and sines with their first half negated, each broadcastable to <paramref name="x"/>.</param>
    public static Tensor Rotate(Tensor x, Rotary rotary)
    {
        if (HostOperators.Take(x))
            return HostOperators.Rotate(x, rotary.Cos, rotary.SignedSin);
        long half = x.size(-1) / 2;
        using Tensor? wide = Widened(x);
        using Tensor first = (wide ?? x).narrow(-1, 0, half);
        using Tensor second = (wide ?? x).narrow(-1, half, half);
        using Tensor swapped = cat([second, first], -1);
        using Tensor straight = (wide ?? x).mul(rotary.Cos);
        Tensor turned = straight.addcmul(swapped, rotary.SignedSin, 1);
        if (wide is null)
            return turned;
        using (turned)
            return turned.to(x.dtype);
    }

    /// <summary>The same numbers as float32, in which sums of squares and rotations are computed
    /// whatever the model is; null where they are that already.</summary>
    private static Tensor? Widened(Tensor x) => x.dtype == ScalarType.Float32 ? null : x.to(ScalarType.Float32);
}

/// <summary>A norm of the vision tower: of the root mean square, or of mean and deviation where it has a bias.</summary>
internal readonly record struct VisionNorm(Tensor Weight, Tensor? Bias)
{
    private const double Epsilon = 1e-6;

    public static VisionNorm From(ParameterSet parameters, string name) =>
        new(parameters[$"{name}.weight"], parameters.TryGet($"{name}.bias"));

    public Tensor Apply(Tensor x) =>
        Bias is null ? Layers.RmsNorm(x, Weight, Epsilon) : F.layer_norm(x, Weight.shape, Weight, Bias, Epsilon);
}

/// <summary>Weight [output, input] and bias [output] of a linear layer, and the place of an adapter on it.</summary>
internal readonly record struct Linear(Tensor Weight, Tensor? Bias, AdapterSlot Slot)
{
    public static Linear From(ParameterSet parameters, string name, bool bias) =>
        new(parameters[$"{name}.weight"], bias ? parameters[$"{name}.bias"] : null, parameters.Slot(name));

    public Tensor Apply(Tensor x)
    {
        if (Slot.Attached is { } adapter && LowRank.Active)
            return adapter.Apply(x, Weight, Bias);
        return HostOperators.TakeFew(x) ? HostOperators.Linear(x, Weight, Bias) : F.linear(x, Weight, Bias);
    }
}

/// <summary>Tables of a rotary embedding, float32.</summary>
/// <param name="Cos">Cosines, [..., head].</param>
/// <param name="SignedSin">Sines, [..., head], the first half negated.</param>
internal readonly record struct Rotary(Tensor Cos, Tensor SignedSin) : IDisposable
{
    /// <summary>Tables for angles [..., head / 2].</summary>
    public static Rotary From(Tensor angles)
    {
        using Tensor cos = angles.cos(),
            sin = angles.sin(),
            negative = sin.neg();
        return new(cat([cos, cos], -1), cat([negative, sin], -1));
    }

    public void Dispose()
    {
        Cos.Dispose();
        SignedSin.Dispose();
    }
}
