using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>What supervised fine-tuning descends for each answer token.</summary>
public enum AnswerLossKind
{
    /// <summary>Negative log-likelihood.</summary>
    Nll,

    /// <summary>Negative log-likelihood times the token's own probability, without
    /// gradient: dynamic fine-tuning (DFT, arXiv 2508.05629).</summary>
    Dft,
}

/// <summary>The loss of supervised fine-tuning.</summary>
public static class AnswerLoss
{
    /// <summary>[N] loss of each answer token.</summary>
    /// <param name="kind">Which loss.</param>
    /// <param name="logProbs_NV">[N, V] log-probabilities, with graph.</param>
    /// <param name="targets_N">[N] int64 answer tokens.</param>
    /// <param name="smoothing">Share of the target's weight spread evenly over the vocabulary, as in PyTorch; 0 to 1.</param>
    public static Tensor PerToken(AnswerLossKind kind, Tensor logProbs_NV, Tensor targets_N, double smoothing = 0)
    {
        var logProbs_N = logProbs_NV.gather(1, targets_N.unsqueeze(1)).squeeze(1);
        if (kind == AnswerLossKind.Dft || smoothing == 0)
            return PerToken(kind, logProbs_N);
        return -(1 - smoothing) * logProbs_N - smoothing * logProbs_NV.mean([1L]);
    }

    /// <summary>[N] loss of each answer token, without smoothing.</summary>
    /// <param name="kind">Which loss.</param>
    /// <param name="logProbs_N">[N] log-probabilities of the answer tokens.</param>
    public static Tensor PerToken(AnswerLossKind kind, Tensor logProbs_N) =>
        kind == AnswerLossKind.Dft ? -logProbs_N.detach().exp() * logProbs_N : -logProbs_N;
}
