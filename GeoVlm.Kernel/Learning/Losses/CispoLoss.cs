using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>REINFORCE weighed by the importance ratio, which is capped and takes no
/// gradient: no token's gradient is lost to a clip.</summary>
/// <remarks>−sg(min(ρ, ε_high)) A log π. Source: MiniMax-M1 (arXiv 2506.13585) eq. 4; averaged as TRL does, over all tokens of the
/// step.</remarks>
public sealed class CispoLoss : IPolicyLoss
{
    /// <inheritdoc/>
    public string Name => "cispo";

    /// <inheritdoc/>
    public string Summary => "log-probability weighed by the capped ratio; ClipHigh is the cap itself, such as 5 (MiniMax-M1)";

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens, Tensor ratio_N, LossOptions options, BatchShape batch) =>
        -ratio_N.clamp(max: options.ClipHigh).detach() * tokens.Advantages * tokens.LogProbs;

    /// <inheritdoc/>
    public Tensor Clipped(PolicyTokens tokens, Tensor ratio_N, LossOptions options) =>
        ratio_N.gt(options.ClipHigh) & tokens.Advantages.gt(0);

    /// <inheritdoc/>
    public Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) => Normalisation.PerStep(perToken_N, tokens, batch);

    /// <inheritdoc/>
    public Tensor ReduceEntropy(Tensor entropy_N, BatchShape batch) => entropy_N.sum() / Math.Max(1, batch.TokensInStep ?? batch.Tokens);
}
