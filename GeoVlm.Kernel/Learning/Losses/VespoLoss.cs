using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>REINFORCE weighed by a smooth function of the completion's whole importance
/// ratio w, which peaks near 1 and fades on both sides.</summary>
/// <remarks>
/// −φ(w) A log π with φ(w) = e^λ w^k e^(−λ w), so that φ(1) = 1; φ takes no gradient, and the sampler's ratio is part of w. The bounds on
/// log w are the published code's. Source: VESPO (arXiv 2602.10693).
/// </remarks>
public sealed class VespoLoss : IPolicyLoss
{
    private const double LargestLog = 20;
    private static readonly double smallestLog = Math.Log(1e-8);

    /// <inheritdoc/>
    public string Name => "vespo";

    /// <inheritdoc/>
    public string Summary => "log-probability weighed by a gamma-shaped function of the sequence ratio (VESPO)";

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens, Tensor ratio_N, LossOptions options, BatchShape batch) =>
        -Weight(tokens, options, batch) * tokens.Advantages * tokens.LogProbs;

    /// <inheritdoc/>
    public Tensor Clipped(PolicyTokens tokens, Tensor ratio_N, LossOptions options) => zeros_like(ratio_N, ScalarType.Bool);

    /// <inheritdoc/>
    public Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) => Normalisation.PerStep(perToken_N, tokens, batch);

    /// <inheritdoc/>
    public Tensor ReduceEntropy(Tensor entropy_N, BatchShape batch) => entropy_N.sum() / Math.Max(1, batch.TokensInStep ?? batch.Tokens);

    private static Tensor Weight(PolicyTokens tokens, LossOptions options, BatchShape batch)
    {
        using var noGrad = no_grad();
        var logRatio_N = tokens.CompletionSum(tokens.Counted((tokens.LogProbs - tokens.Old).clamp(-LargestLog, LargestLog)), batch);
        if (tokens.SamplerRatio is { } sampler_N)
            logRatio_N = logRatio_N + tokens.CompletionSum(sampler_N.log().clamp(smallestLog, LargestLog), batch);
        logRatio_N = logRatio_N.clamp(smallestLog, LargestLog);
        var good_N = tokens.Advantages.ge(0);
        var k_N = where(good_N, options.VespoPositive.K, options.VespoNegative.K).to(logRatio_N.dtype);
        var lambda_N = where(good_N, options.VespoPositive.Lambda, options.VespoNegative.Lambda).to(logRatio_N.dtype).clamp(min: 1e-4);
        return (lambda_N + k_N * logRatio_N - lambda_N * logRatio_N.exp()).exp().nan_to_num(0, 0, 0);
    }
}
