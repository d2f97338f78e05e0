using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>Log-probabilities of tokens, and the way back from a loss on them to the model's parameters.</summary>
/// <remarks>
/// <see cref="LogProbs"/> carries no graph of the model: the output head is gone through in chunks, and perhaps the layers once more, which
/// is what <see cref="Backward"/> does. Calling <c>backward()</c> on the loss alone leaves the model without gradients.
/// </remarks>
public sealed class TokenScores
{
    private readonly Action<Tensor>? propagate;

    internal TokenScores(Tensor logProbs_N, Tensor? entropy_N, Action<Tensor>? propagate) =>
        (LogProbs, Entropy, this.propagate) = (logProbs_N, entropy_N, propagate);

    /// <summary>[N] log-probabilities, row by row, branch by branch.</summary>
    public Tensor LogProbs { get; }

    /// <summary>[N] entropies of the tokens' distributions, without gradient; null where they were not asked for.</summary>
    public Tensor? Entropy { get; }

    /// <summary>Adds the loss's gradient to the gradients of the model's parameters; to be called once.</summary>
    /// <param name="loss">A scalar made from <see cref="LogProbs"/>.</param>
    public void Backward(Tensor loss)
    {
        loss.backward();
        using Tensor? gradient_N = propagate is null ? null : LogProbs.grad;
        if (gradient_N is not null)
            propagate!(gradient_N);
    }
}
