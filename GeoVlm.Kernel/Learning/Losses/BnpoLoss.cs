using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>The mean over the tokens of a batch: with several batches in a step, each
/// batch weighs the same, however many tokens it has.</summary>
public sealed class BnpoLoss : ClippedLoss
{
    /// <inheritdoc/>
    public override string Name => "bnpo";

    /// <inheritdoc/>
    public override string Summary => "mean over the tokens of each batch of the step (TRL)";

    /// <inheritdoc/>
    public override Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) =>
        Normalisation.PerBatch(perToken_N, tokens, batch);
}
