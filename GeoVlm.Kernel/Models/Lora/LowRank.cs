using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace GeoVlm.Models.Lora;

/// <summary>What LoRA adds to one linear layer: y = W x + b becomes W x + b′ + scaling · B A x.</summary>
/// <remarks>A [rank, input], B [output, rank]. b′ is a trained copy of b, where the bias is trained too; the layer's own parameters never
/// change.</remarks>
internal sealed class LowRank(Parameter a, Parameter b, Parameter? bias, double scaling, double dropout) : IDisposable
{
    [ThreadStatic]
    private static int off;

    /// <summary>A: down to the rank.</summary>
    public Parameter A { get; } = a;

    /// <summary>B: up to the output.</summary>
    public Parameter B { get; } = b;

    /// <summary>The trained bias; null where the layer keeps its own.</summary>
    public Parameter? Bias { get; } = bias;

    /// <summary>Factor of the product.</summary>
    public double Scaling { get; } = scaling;

    /// <summary>Whether adapters count on this thread.</summary>
    public static bool Active => off == 0;

    /// <summary>Computes without adapters on this thread until disposed; calls nest.</summary>
    public static IDisposable Off() => new Suspension();

    /// <summary>The whole layer's output.</summary>
    public Tensor Apply(Tensor x, Tensor weight, Tensor? ownBias)
    {
        using Tensor? ownType = Bias is null || Bias.dtype == weight.dtype ? null : Bias.to(weight.dtype);
        using Tensor straight = F.linear(x, weight, ownType ?? Bias ?? ownBias);
        // In the adapter's own precision: it is float32 whatever the model is.
        using Tensor? cast = x.dtype == A.dtype ? null : x.to(A.dtype);
        using Tensor? dropped = dropout > 0 && is_grad_enabled() ? F.dropout(cast ?? x, dropout) : null;
        using Tensor low = F.linear(dropped ?? cast ?? x, A),
            high = F.linear(low, B);
        using Tensor? back = high.dtype == straight.dtype ? null : high.to(straight.dtype);
        return straight.add(back ?? high, Scaling);
    }

    /// <summary>scaling · B A in the layer's shape.</summary>
    public Tensor Delta()
    {
        using Tensor product = B.mm(A);
        return product.mul(Scaling);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
        Bias?.Dispose();
    }

    private sealed class Suspension : IDisposable
    {
        private bool ended;

        public Suspension() => off++;

        public void Dispose()
        {
            if (!ended)
                off--;
            ended = true;
        }
    }
}

/// <summary>The place of an adapter in a linear layer; empty until one is attached.</summary>
internal sealed class AdapterSlot
{
    /// <summary>What is attached.</summary>
    public LowRank? Attached { get; set; }
}
