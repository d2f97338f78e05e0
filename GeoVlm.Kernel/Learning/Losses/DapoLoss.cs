using TorchSharp;

namespace GeoVlm.Learning.Losses;

/// <summary>The mean over all tokens of the batch: every token weighs the same, whatever the length of its completion.</summary>
public sealed class DapoLoss : IPolicyLoss
{
    /// <inheritdoc/>
    public string Name => "dapo";

    /// <inheritdoc/>
    public string Summary => "mean over all tokens of the batch (DAPO, arXiv 2503.14476)";

    /// <inheritdoc/>
    public torch.Tensor Reduce(torch.Tensor perTokenLoss_N, torch.Tensor completion_N, BatchShape batch) => perTokenLoss_N.sum() / Math.Max(1, batch.Tokens);
}
