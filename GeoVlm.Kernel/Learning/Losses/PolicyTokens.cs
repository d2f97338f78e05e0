using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>The completion tokens of a batch, or of a part of it that holds whole completions, laid end to end.</summary>
/// <param name="LogProbs">[N] log-probabilities under the policy, with graph.</param>
/// <param name="Old">[N] as they were when the rollouts were made.</param>
/// <param name="Advantages">[N] advantage of each token's completion.</param>
/// <param name="Completion">[N] int64: which completion of the whole batch each token belongs to.</param>
public sealed record PolicyTokens(Tensor LogProbs, Tensor Old, Tensor Advantages, Tensor Completion)
{
    /// <summary>[N] under the reference policy; null when there is no KL penalty.</summary>
    public Tensor? Reference { get; init; }

    /// <summary>[N] 1 for a token that counts, 0 for padding or for text that the policy did not write; null when all count.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>[N] entropy of each token's distribution, in nats, with graph where an entropy bonus is wanted.</summary>
    public Tensor? Entropy { get; init; }

    /// <summary>[N] 1 for the tokens whose policy loss counts (those of high entropy), else 0; null when all do.</summary>
    public Tensor? Selected { get; init; }

    /// <summary>[N] importance ratio of trainer to sampler at sampling time, where
    /// another engine sampled; null when they are one.</summary>
    public Tensor? SamplerRatio { get; init; }

    /// <summary>The values of the tokens that count; 0 for the others.</summary>
    public Tensor Counted(Tensor values_N) => Mask is null ? values_N : values_N * Mask;

    /// <summary>For each token, the mean of <paramref name="values_N"/> over the counted tokens of its completion.</summary>
    public Tensor CompletionMean(Tensor values_N, BatchShape batch) =>
        CompletionSum(Counted(values_N), batch)
        / tensor(batch.TokensPerCompletion.Select(n => (float)Math.Max(1, n)).ToArray(), device: LogProbs.device)
            .index_select(0, Completion);

    /// <summary>For each token, the sum of <paramref name="values_N"/> over its completion, padding included.</summary>
    public Tensor CompletionSum(Tensor values_N, BatchShape batch) =>
        zeros(batch.TokensPerCompletion.Count, device: LogProbs.device).index_add(0, Completion, values_N, 1).index_select(0, Completion);
}

/// <summary>Sizes of a whole batch of completions, before it was split over lanes or micro-batches.</summary>
/// <param name="TokensPerCompletion">Number of counted tokens of each completion.</param>
/// <param name="MaxCompletionTokens">The limit of new tokens.</param>
public sealed record BatchShape(IReadOnlyList<int> TokensPerCompletion, int MaxCompletionTokens)
{
    /// <summary>All counted tokens of all completions.</summary>
    public int Tokens { get; } = TokensPerCompletion.Sum();

    /// <summary>All counted tokens of the optimizer step, where the step has more batches than this one.</summary>
    public int? TokensInStep { get; init; }

    /// <summary>All positions of the batch, padding included, where padding was laid in; else the counted tokens.</summary>
    public int? Positions { get; init; }
}
