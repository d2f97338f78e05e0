using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>The one place where tokens get their log-probability in learning; sampling
/// shares <see cref="Policy.NextTokenLogProbs"/> with it.</summary>
public static class TokenLogProbs
{
    private static readonly Lock HeadGradients = new(); // two lanes bring theirs

    /// <summary>Log-probability of every scored token of the packed rows, row by row, branch by branch.</summary>
    /// <param name="policy">The model that is asked.</param>
    /// <param name="rows">Prefixes with their branches.</param>
    /// <param name="temperature">Logits are divided by it.</param>
    /// <param name="withEntropy">Whether the entropy of each token's distribution is wanted.</param>
    /// <param name="checkpoint">Whether the layers' intermediate results are computed
    /// again in the backward pass instead of being kept.</param>
    /// <returns>Tensors in the caller's dispose scope, which must stay open until <see cref="TokenScores.Backward"/>.</returns>
    public static TokenScores Score(
        Policy policy,
        IReadOnlyList<PackedRow> rows,
        double temperature = 1,
        bool withEntropy = false,
        bool checkpoint = false
    )
    {
        using var computing = policy.Computing();
        if (policy.Model.PlainHead is not { } head_Vd)
            return ScoreWhole(policy, rows, temperature, withEntropy);
        var batch = PackedBatch.Of(rows, policy.Model.Device);
        EncodedPrompt[] prompts = [.. rows.Select(r => r.Prefix)];
        bool learns = is_grad_enabled();
        CheckpointedPass? pass = null;
        Tensor predicting_Nd;
        if (learns && checkpoint)
        {
            using (no_grad())
            {
                pass = policy.Model.DecodeCheckpointed(Embeddings(policy, batch, prompts), batch);
                predicting_Nd = pass.Output;
            }
        }
        else
        {
            using var scope = NewDisposeScope();
            predicting_Nd = policy.Model.DecodePredictors(Embeddings(policy, batch, prompts), batch).MoveToOuterDisposeScope();
        }
        learns &= pass is not null || predicting_Nd.requires_grad || head_Vd.requires_grad;
        var head = new ChunkedHead(policy, temperature);
        var (logProbs_N, entropy_N) = head.Forward(predicting_Nd.detach(), batch.Targets, withEntropy, keep: learns);
        if (!learns)
            return new(logProbs_N, entropy_N, null);
        return new(
            logProbs_N.requires_grad_(true),
            entropy_N,
            gradient_N =>
            {
                using var scope = NewDisposeScope();
                var (hiddenGradient_Nd, headGradient_Vd) = head.Backward(predicting_Nd.detach(), batch.Targets, gradient_N, head_Vd);
                Tensor root = predicting_Nd,
                    rootGradient = hiddenGradient_Nd;
                if (pass is not null)
                {
                    rootGradient = pass.Backward(hiddenGradient_Nd);
                    root = Embeddings(policy, batch, prompts);
                }
                List<Tensor> roots = [],
                    gradients = [];
                if (root.requires_grad)
                    (roots, gradients) = ([root], [rootGradient]);
                if (headGradient_Vd is not null && !policy.Model.Config.Text.TieWordEmbeddings)
                    Give(head_Vd, headGradient_Vd);
                // In one backward pass, so that a tied head's two gradients are added before they reach the parameter: whatever the other
                // lane does meanwhile, the sum is the same.
                else if (headGradient_Vd is not null)
                    (roots, gradients) = ([.. roots, head_Vd.alias()], [.. gradients, headGradient_Vd]);
                if (roots.Count > 0)
                    GraphNode.Backward(roots, gradients);
            }
        );
    }

    // As it is, where autograd would copy what somebody else holds too: it is as large as the head.
    private static void Give(Tensor head_Vd, Tensor gradient_Vd)
    {
        lock (HeadGradients)
        {
            if (head_Vd.grad is { } before)
                before.add_(gradient_Vd);
            else
                head_Vd.grad = gradient_Vd;
        }
    }

    private static Tensor Embeddings(Policy policy, PackedBatch batch, EncodedPrompt[] prompts)
    {
        using var scope = NewDisposeScope();
        return policy.InputEmbeddings(batch.Ids, prompts).MoveToOuterDisposeScope();
    }

    /// <summary>With the whole vocabulary for all tokens and a graph through the head: where an adapter is on the head.</summary>
    private static TokenScores ScoreWhole(Policy policy, IReadOnlyList<PackedRow> rows, double temperature, bool withEntropy)
    {
        using var scope = NewDisposeScope();
        var (all_NV, targets_N) = Distributions(policy, rows, temperature);
        var logProbs_N = all_NV.gather(1, targets_N.unsqueeze(1)).squeeze(1).MoveToOuterDisposeScope();
        using var noGrad = no_grad();
        return new(logProbs_N, withEntropy ? all_NV.exp().mul_(all_NV).sum(-1).neg_().MoveToOuterDisposeScope() : null, null);
    }

    /// <summary>The whole next-token distribution before every scored token.</summary>
    /// <param name="policy">The model that is asked.</param>
    /// <param name="rows">Prefixes with their branches.</param>
    /// <param name="temperature">Logits are divided by it.</param>
    /// <param name="afterLayer">Sees (layer, hidden [B, T, d]) after each decoder layer.</param>
    /// <returns>Log-probabilities [N, V] with graph, and the scored tokens [N] int64, in the caller's dispose scope.</returns>
    public static (Tensor LogProbs, Tensor Targets) Distributions(
        Policy policy,
        IReadOnlyList<PackedRow> rows,
        double temperature = 1,
        Action<int, Tensor>? afterLayer = null
    )
    {
        using var scope = NewDisposeScope();
        using var computing = policy.Computing();
        var batch = PackedBatch.Of(rows, policy.Model.Device);
        var embeddings_BTD = policy.InputEmbeddings(batch.Ids, [.. rows.Select(r => r.Prefix)]);
        var hidden_BTD = policy.Model.DecodePacked(embeddings_BTD, batch, afterLayer);
        var predicting_ND = hidden_BTD.reshape(-1, hidden_BTD.size(-1)).index_select(0, batch.Predictors);
        return (policy.NextTokenLogProbs(predicting_ND, temperature).MoveToOuterDisposeScope(), batch.Targets.MoveToOuterDisposeScope());
    }
}
