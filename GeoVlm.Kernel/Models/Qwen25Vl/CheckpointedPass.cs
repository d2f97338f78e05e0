using GeoVlm.Models.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>A pass through layers that keeps only each layer's input, and computes a layer again when the gradient reaches it.</summary>
/// <remarks>About a third more time for a fraction of the memory; the gradients are the same numbers, since a layer has no
/// randomness.</remarks>
internal sealed class CheckpointedPass
{
    private readonly IReadOnlyList<Func<Tensor, Tensor>> layers;
    private readonly Tensor[] inputs;

    /// <summary>Runs the layers; what is kept belongs to the caller's dispose scope.</summary>
    public CheckpointedPass(Tensor input, IReadOnlyList<Func<Tensor, Tensor>> layers)
    {
        this.layers = layers;
        inputs = new Tensor[layers.Count];
        using var noGrad = no_grad();
        Tensor x = input.detach();
        for (int i = 0; i < layers.Count; i++)
        {
            inputs[i] = x;
            using DisposeScope scope = NewDisposeScope();
            x = layers[i](x).MoveToOuterDisposeScope();
        }
        Output = x;
    }

    /// <summary>What the last layer gave, without graph.</summary>
    public Tensor Output { get; }

    /// <summary>Takes the gradient back through the layers; their parameters receive theirs.</summary>
    /// <param name="gradient">Of <see cref="Output"/>.</param>
    /// <returns>Of the input, in the caller's dispose scope.</returns>
    public Tensor Backward(Tensor gradient)
    {
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            using DisposeScope scope = NewDisposeScope();
            using var withGrad = enable_grad();
            Tensor x = inputs[i].detach().requires_grad_(true);
            GraphNode.Backward([layers[i](x)], [gradient]);
            gradient = x.grad!.MoveToOuterDisposeScope();
        }
        return gradient;
    }
}
