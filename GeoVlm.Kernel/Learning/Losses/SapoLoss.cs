using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>A soft gate in place of the clip: the gradient fades with the ratio's distance from 1 and never stops at an edge.</summary>
/// <remarks>−(4/τ) σ(τ (ρ − 1)) A, with its own τ for each sign of the advantage. Source: SAPO (arXiv 2511.20347).</remarks>
public sealed class SapoLoss : IPolicyLoss
{
    /// <inheritdoc/>
    public string Name => "sapo";

    /// <inheritdoc/>
    public string Summary => "a sigmoid gate on the ratio in place of the clip (SAPO, arXiv 2511.20347)";

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens, Tensor ratio_N, LossOptions options, BatchShape batch)
    {
        var temperature_N = where(tokens.Advantages.gt(0), options.SapoTemperaturePositive, options.SapoTemperatureNegative)
            .to(ratio_N.dtype);
        return -(temperature_N * (ratio_N - 1)).sigmoid() * 4 / temperature_N * tokens.Advantages;
    }

    /// <inheritdoc/>
    public Tensor Clipped(PolicyTokens tokens, Tensor ratio_N, LossOptions options) => zeros_like(ratio_N, ScalarType.Bool);

    /// <inheritdoc/>
    public Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) =>
        Normalisation.PerCompletion(perToken_N, tokens, batch);
}
