using TorchSharp;

namespace GeoVlm.Learning.Losses;

/// <summary>The clipped surrogate with a KL penalty, token by token.</summary>
public static class ClippedSurrogate
{
    /// <summary>
    /// −min(ρ A, clip(ρ, 1 − ε_low, 1 + ε_high) A) + β (e^d − d − 1), with ρ = exp(logp − old) and d = ref − logp (the k3 estimator).
    /// </summary>
    /// <param name="logProbs_N">[tokens] under the policy, with graph.</param>
    /// <param name="old_N">[tokens] as sampled.</param>
    /// <param name="reference_N">[tokens] under the reference policy; null when β is 0.</param>
    /// <param name="advantages_N">[tokens] advantage of the token's completion.</param>
    /// <param name="clipLow">ε_low.</param>
    /// <param name="clipHigh">ε_high.</param>
    /// <param name="beta">Weight of the KL penalty.</param>
    /// <remarks>Source: DeepSeekMath eq. 3 and 4; asymmetric clip range: DAPO.</remarks>
    public static SurrogateTerms PerToken(
        torch.Tensor logProbs_N, torch.Tensor old_N, torch.Tensor? reference_N, torch.Tensor advantages_N, double clipLow, double clipHigh, double beta)
    {
        var ratio = (logProbs_N - old_N).exp();
        var clipped = ratio.clamp(1 - clipLow, 1 + clipHigh);
        var loss = -torch.minimum(ratio * advantages_N, clipped * advantages_N);
        var kl = reference_N is null ? null : (reference_N - logProbs_N).exp() - (reference_N - logProbs_N) - 1;
        if (kl is not null && beta != 0) loss = loss + beta * kl;
        var outside = ((ratio < 1 - clipLow) & (advantages_N < 0)) | ((ratio > 1 + clipHigh) & (advantages_N > 0));
        return new SurrogateTerms(loss, ratio, kl, outside);
    }
}

/// <summary>The terms of the surrogate, each [tokens].</summary>
/// <param name="Loss">Loss of each token, with graph.</param>
/// <param name="Ratio">ρ.</param>
/// <param name="Kl">k3 estimate of KL(policy ‖ reference); null without a reference.</param>
/// <param name="Clipped">Bool: the clip took this token's gradient.</param>
public sealed record SurrogateTerms(torch.Tensor Loss, torch.Tensor Ratio, torch.Tensor? Kl, torch.Tensor Clipped);
