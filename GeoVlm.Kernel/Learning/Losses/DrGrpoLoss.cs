using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>The sum over tokens divided by the number of completions times the length limit, a constant: no length bias.</summary>
public sealed class DrGrpoLoss : ClippedLoss
{
    /// <inheritdoc/>
    public override string Name => "dr_grpo";

    /// <inheritdoc/>
    public override string Summary => "sum over tokens / (completions × length limit) (Dr. GRPO, arXiv 2503.20783)";

    /// <inheritdoc/>
    public override Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) =>
        Normalisation.PerLimit(perToken_N, tokens, batch);
}
