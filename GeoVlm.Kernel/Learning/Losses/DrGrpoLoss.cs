using TorchSharp;

namespace GeoVlm.Learning.Losses;

/// <summary>The sum over tokens divided by the number of completions times the length limit, a constant: no length bias.</summary>
public sealed class DrGrpoLoss : IPolicyLoss
{
    /// <inheritdoc/>
    public string Name => "dr_grpo";

    /// <inheritdoc/>
    public string Summary => "sum over tokens / (completions × length limit) (Dr. GRPO, arXiv 2503.20783)";

    /// <inheritdoc/>
    public torch.Tensor Reduce(torch.Tensor perTokenLoss_N, torch.Tensor completion_N, BatchShape batch) =>
        perTokenLoss_N.sum() / (Math.Max(1, batch.TokensPerCompletion.Count) * batch.MaxCompletionTokens);
}
