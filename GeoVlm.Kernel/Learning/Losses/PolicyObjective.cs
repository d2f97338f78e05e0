using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>The objective that a policy step descends: the policy loss, the KL penalty, and what masks and weighs them.</summary>
public static class PolicyObjective
{
    /// <summary>The part of the batch's objective that these tokens contribute; the parts of a split batch add up to the whole.</summary>
    /// <param name="loss">Which policy loss.</param>
    /// <param name="tokens">The tokens of whole completions.</param>
    /// <param name="options">Clip ranges, β and the like.</param>
    /// <param name="batch">Sizes of the whole batch.</param>
    /// <remarks>Order of the terms as in TRL's GRPOTrainer: masks and the sampler's ratio weigh the policy loss and not the KL
    /// penalty.</remarks>
    public static ObjectiveTerms Of(IPolicyLoss loss, PolicyTokens tokens, LossOptions options, BatchShape batch)
    {
        var logRatio_N = tokens.LogProbs - tokens.Old;
        var ratio_N = (options.Ratio == RatioLevel.Sequence ? tokens.CompletionMean(logRatio_N, batch) : logRatio_N).exp();
        var perToken_N = loss.PerToken(tokens, ratio_N, options, batch);
        if (options.OffPolicyThreshold is { } threshold)
            perToken_N = perToken_N * OnPolicy(tokens, threshold, batch);
        if (tokens.Selected is { } selected_N)
            perToken_N = perToken_N * selected_N;
        if (tokens.SamplerRatio is { } sampler_N && loss is not VespoLoss)
            perToken_N = perToken_N * sampler_N; // VESPO's weight holds it already
        Tensor? kl_N = null;
        if (tokens.Reference is { } reference_N)
        {
            kl_N = options.Kl.PerToken(tokens.LogProbs, reference_N);
            if (options.WeighKlByRatio)
                kl_N = kl_N * ratio_N;
            if (options.Beta != 0)
                perToken_N = perToken_N + options.Beta * kl_N;
        }
        var total = loss.Reduce(perToken_N, tokens, batch);
        if (options.EntropyCoefficient != 0)
        {
            var entropy_N = tokens.Counted(
                tokens.Entropy ?? throw new ArgumentException("an entropy bonus needs the tokens' entropies", nameof(tokens))
            );
            total =
                total
                - options.EntropyCoefficient * loss.ReduceEntropy(tokens.Selected is null ? entropy_N : entropy_N * tokens.Selected, batch);
        }
        return new ObjectiveTerms(total, ratio_N, kl_N, loss.Clipped(tokens, ratio_N, options));
    }

    /// <summary>1 for the counted tokens whose entropy reaches the quantile that leaves the given share above it, else 0.</summary>
    /// <param name="entropy">Entropies, of any shape.</param>
    /// <param name="mask">Of the same shape: 1 for the tokens that count.</param>
    /// <param name="share">Share of the tokens to select, above 0 and below 1.</param>
    /// <remarks>Source: "Beyond the 80/20 rule" (arXiv 2506.01939): the few tokens of high entropy carry the learning.</remarks>
    public static Tensor MostUncertain(Tensor entropy, Tensor mask, double share)
    {
        var counted_N = entropy.masked_select(mask.gt(0));
        if (counted_N.numel() == 0)
            return zeros_like(entropy);
        var threshold = counted_N.quantile(tensor(1 - share, entropy.dtype, entropy.device));
        return (entropy * mask).ge(threshold).to(entropy.dtype) * mask;
    }

    private static Tensor OnPolicy(PolicyTokens tokens, double threshold, BatchShape batch)
    {
        using var noGrad = no_grad();
        var drift_N = tokens.CompletionMean(tokens.Old - tokens.LogProbs, batch);
        return (tokens.Advantages.ge(0) | drift_N.le(threshold)).to(drift_N.dtype);
    }
}

/// <summary>What the objective is made of.</summary>
/// <param name="Total">Scalar, with graph.</param>
/// <param name="Ratio">[N] importance ratio ρ.</param>
/// <param name="Kl">[N] estimate of KL(policy ‖ reference); null without a reference.</param>
/// <param name="Clipped">[N] bool: the clip took this token's gradient.</param>
public sealed record ObjectiveTerms(Tensor Total, Tensor Ratio, Tensor? Kl, Tensor Clipped);
