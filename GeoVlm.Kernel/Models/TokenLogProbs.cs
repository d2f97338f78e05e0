using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>The one place where tokens get their log-probability in learning; sampling shares <see cref="Policy.NextTokenLogProbs"/> with it.</summary>
public static class TokenLogProbs
{
    /// <summary>Log-probability of every scored token of the packed rows, row by row, branch by branch.</summary>
    /// <param name="policy">The model that is asked.</param>
    /// <param name="rows">Prefixes with their branches.</param>
    /// <param name="temperature">Logits are divided by it.</param>
    /// <param name="withEntropy">Whether the entropy of each token's distribution is wanted.</param>
    /// <returns>[N] tensors in the caller's dispose scope: log-probabilities with graph, entropies without.</returns>
    public static (Tensor LogProbs, Tensor? Entropy) Score(Policy policy, IReadOnlyList<PackedRow> rows, double temperature = 1, bool withEntropy = false)
    {
        using var scope = NewDisposeScope();
        var (all_NV, targets_N) = Distributions(policy, rows, temperature);
        var logProbs_N = all_NV.gather(1, targets_N.unsqueeze(1)).squeeze(1);
        Tensor? entropy_N = null;
        if (withEntropy)
        {
            using var noGrad = no_grad();
            // A forbidden token has log-probability near −1e9 and probability 0: their product is −0, never NaN.
            entropy_N = -(all_NV.exp() * all_NV).sum(-1);
        }
        return (logProbs_N.MoveToOuterDisposeScope(), entropy_N?.MoveToOuterDisposeScope());
    }

    /// <summary>The whole next-token distribution before every scored token.</summary>
    /// <param name="policy">The model that is asked.</param>
    /// <param name="rows">Prefixes with their branches.</param>
    /// <param name="temperature">Logits are divided by it.</param>
    /// <param name="afterLayer">Sees (layer, hidden [B, T, d]) after each decoder layer.</param>
    /// <returns>Log-probabilities [N, V] with graph, and the scored tokens [N] int64, in the caller's dispose scope.</returns>
    public static (Tensor LogProbs, Tensor Targets) Distributions(
        Policy policy, IReadOnlyList<PackedRow> rows, double temperature = 1, Action<int, Tensor>? afterLayer = null)
    {
        using var scope = NewDisposeScope();
        using var computing = policy.Computing();
        var batch = PackedBatch.Of(rows, policy.Model.Device);
        var embeddings_BTD = policy.InputEmbeddings(batch.Ids, [.. rows.Select(r => r.Prefix)]);
        var hidden_BTD = policy.Model.Decode(embeddings_BTD, batch.Positions, batch.Mask, afterLayer: afterLayer);
        var predicting_ND = hidden_BTD.reshape(-1, hidden_BTD.size(-1)).index_select(0, batch.Predictors);
        return (policy.NextTokenLogProbs(predicting_ND, temperature).MoveToOuterDisposeScope(), batch.Targets.MoveToOuterDisposeScope());
    }
}
