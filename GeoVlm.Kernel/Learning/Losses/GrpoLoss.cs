using TorchSharp;

namespace GeoVlm.Learning.Losses;

/// <summary>GRPO as published: the mean over completions of each completion's mean over tokens. Long completions weigh less per token.</summary>
public sealed class GrpoLoss : IPolicyLoss
{
    /// <inheritdoc/>
    public string Name => "grpo";

    /// <inheritdoc/>
    public string Summary => "mean over completions of the mean over their tokens (DeepSeekMath, eq. 3)";

    /// <inheritdoc/>
    public torch.Tensor Reduce(torch.Tensor perTokenLoss_N, torch.Tensor completion_N, BatchShape batch)
    {
        using var weight_C = torch.tensor(batch.TokensPerCompletion.Select(n => 1f / (Math.Max(1, n) * batch.TokensPerCompletion.Count)).ToArray(), device: perTokenLoss_N.device);
        using var weight_N = weight_C.index_select(0, completion_N);
        return (perTokenLoss_N * weight_N).sum();
    }
}
