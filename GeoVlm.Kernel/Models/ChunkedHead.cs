using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>Log-probabilities of given tokens, a few rows at a time, so that the whole vocabulary is
/// never there for all of them; the backward pass computes it again.</summary>
/// <remarks>Legend: N scored tokens, c of them at once, V vocabulary, d hidden size.</remarks>
/// <param name="policy">Whose head it is; no adapter may be at work on it.</param>
/// <param name="temperature">Logits are divided by it.</param>
internal sealed class ChunkedHead(Policy policy, double temperature)
{
    /// <summary>Numbers of one [c, V] tensor at most: 64 MiB.</summary>
    public const long LargestChunk = 1 << 24;

    private VocabularySoftmax? kept; // what fits one chunk need not be computed twice

    /// <summary>Rows that are computed at once.</summary>
    public static long RowsAtOnce(long vocabulary) => Math.Max(1, LargestChunk / vocabulary);

    /// <summary>[N] log-probabilities and entropies, without graph, in the caller's dispose scope.</summary>
    /// <param name="hidden_Nd">The states that predict the tokens.</param>
    /// <param name="targets_N">The tokens.</param>
    /// <param name="withEntropy">Whether the entropies are wanted.</param>
    /// <param name="keep">Whether <see cref="Backward"/> follows.</param>
    public (Tensor LogProbs, Tensor? Entropy) Forward(Tensor hidden_Nd, Tensor targets_N, bool withEntropy, bool keep)
    {
        using var noGrad = no_grad();
        Tensor logProbs_N = empty(targets_N.size(0), dtype: ScalarType.Float32, device: hidden_Nd.device);
        Tensor? entropy_N = withEntropy ? empty_like(logProbs_N) : null;
        foreach (var (from, count) in Chunks(hidden_Nd))
        {
            using DisposeScope scope = NewDisposeScope();
            var softmax = new VocabularySoftmax(
                policy,
                hidden_Nd.narrow(0, from, count),
                targets_N.narrow(0, from, count),
                temperature,
                withEntropy
            );
            logProbs_N.narrow(0, from, count).copy_(softmax.LogProbs);
            entropy_N?.narrow(0, from, count).copy_(softmax.Entropy!);
            if (keep && count == hidden_Nd.size(0))
                kept = softmax.MoveToOuterDisposeScope();
        }
        return (logProbs_N, entropy_N);
    }

    /// <summary>Takes the gradient back through the head; in the caller's dispose scope.</summary>
    /// <param name="hidden_Nd">As in <see cref="Forward"/>.</param>
    /// <param name="targets_N">As in <see cref="Forward"/>.</param>
    /// <param name="gradient_N">Of the log-probabilities.</param>
    /// <param name="head_Vd">The head's weight.</param>
    /// <returns>Gradients [N, d] of the states and [V, d] of the weight; the latter null where it is frozen.</returns>
    public (Tensor Hidden, Tensor? Head) Backward(Tensor hidden_Nd, Tensor targets_N, Tensor gradient_N, Tensor head_Vd)
    {
        using var noGrad = no_grad();
        Tensor hiddenGradient_Nd = empty_like(hidden_Nd);
        // Float32 while the chunks add up: a bfloat16 sum would forget the small ones.
        Tensor? headGradient_Vd = null;
        foreach (var (from, count) in Chunks(hidden_Nd))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor hidden_cd = hidden_Nd.narrow(0, from, count),
                chunkTargets_c = targets_N.narrow(0, from, count);
            using VocabularySoftmax softmax = kept ?? new(policy, hidden_cd, chunkTargets_c, temperature, withEntropy: false);
            Tensor logits_cV = softmax.Gradient(gradient_N.narrow(0, from, count)).to(head_Vd.dtype);
            hiddenGradient_Nd.narrow(0, from, count).copy_(logits_cV.mm(head_Vd));
            if (!head_Vd.requires_grad)
                continue;
            if (headGradient_Vd is null)
                headGradient_Vd = logits_cV.t().mm(hidden_cd).to(ScalarType.Float32).MoveToOuterDisposeScope();
            else if (logits_cV.dtype == ScalarType.Float32)
                headGradient_Vd.addmm_(logits_cV.t(), hidden_cd);
            else
                headGradient_Vd.add_(logits_cV.t().mm(hidden_cd));
        }
        kept = null;
        return (hiddenGradient_Nd, headGradient_Vd?.to(head_Vd.dtype));
    }

    private IEnumerable<(long From, long Count)> Chunks(Tensor hidden_Nd)
    {
        long rows = hidden_Nd.size(0),
            atOnce = RowsAtOnce(policy.Model.Config.Text.VocabularySize);
        for (long from = 0; from < rows; from += atOnce)
            yield return (from, Math.Min(atOnce, rows - from));
    }
}
