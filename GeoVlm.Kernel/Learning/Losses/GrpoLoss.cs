using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>GRPO as published: the mean over completions of each completion's mean
/// over tokens. Long completions weigh less per token.</summary>
public sealed class GrpoLoss : ClippedLoss
{
    /// <inheritdoc/>
    public override string Name => "grpo";

    /// <inheritdoc/>
    public override string Summary => "mean over completions of the mean over their tokens (DeepSeekMath, eq. 3)";

    /// <inheritdoc/>
    public override Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) =>
        Normalisation.PerCompletion(perToken_N, tokens, batch);
}
