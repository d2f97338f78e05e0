using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>The clipped surrogate of a whole completion times its length: GSPO without its bias towards short completions.</summary>
/// <remarks>Meant for sequence ratios. As TRL does, the mean is over all positions, padding included. Source: LUSPO (arXiv
/// 2602.05261).</remarks>
public sealed class LuspoLoss : ClippedLoss
{
    /// <inheritdoc/>
    public override string Name => "luspo";

    /// <inheritdoc/>
    public override string Summary => "sequence ratio, each completion weighed by its length (LUSPO); needs Ratio = Sequence";

    /// <inheritdoc/>
    public override Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch)
    {
        var length_N = tensor(batch.TokensPerCompletion.Select(n => (float)n).ToArray(), device: perToken_N.device)
            .index_select(0, tokens.Completion);
        return (perToken_N * length_N).sum() / Math.Max(1, batch.Positions ?? batch.Tokens);
    }
}
