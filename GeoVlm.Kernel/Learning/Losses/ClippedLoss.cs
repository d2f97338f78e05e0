using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>PPO's clipped surrogate, −min(ρ A, clip(ρ, 1 − ε_low, 1 + ε_high) A); its variants differ in how they average it.</summary>
/// <remarks>Source: DeepSeekMath (arXiv 2402.03300) eq. 3; asymmetric clip range: DAPO.</remarks>
public abstract class ClippedLoss : IPolicyLoss
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Summary { get; }

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens, Tensor ratio_N, LossOptions options, BatchShape batch)
    {
        var clipped_N = ratio_N.clamp(1 - options.ClipLow, 1 + options.ClipHigh);
        return -minimum(Limited(ratio_N, options) * tokens.Advantages, clipped_N * tokens.Advantages);
    }

    /// <inheritdoc/>
    public Tensor Clipped(PolicyTokens tokens, Tensor ratio_N, LossOptions options)
    {
        var limited_N = Limited(ratio_N, options);
        return (limited_N.lt(1 - options.ClipLow) & tokens.Advantages.lt(0))
            | (limited_N.gt(1 + options.ClipHigh) & tokens.Advantages.gt(0));
    }

    /// <inheritdoc/>
    public abstract Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch);

    private static Tensor Limited(Tensor ratio_N, LossOptions options) =>
        options.RatioLimit is { } limit ? ratio_N.clamp(max: limit) : ratio_N;
}
