using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>The mean over all tokens of the step: every token weighs the same, whatever the length of its completion.</summary>
public sealed class DapoLoss : ClippedLoss, IPolicyLoss
{
    /// <inheritdoc/>
    public override string Name => "dapo";

    /// <inheritdoc/>
    public override string Summary => "mean over all tokens of the step (DAPO, arXiv 2503.14476)";

    /// <inheritdoc/>
    public override Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) =>
        Normalisation.PerStep(perToken_N, tokens, batch);

    Tensor IPolicyLoss.ReduceEntropy(Tensor entropy_N, BatchShape batch) =>
        entropy_N.sum() / Math.Max(1, batch.TokensInStep ?? batch.Tokens);
}
