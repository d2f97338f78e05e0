using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Generation;

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>The model said so (an end token).</summary>
    Stop,
    /// <summary>The limit of new tokens was reached.</summary>
    Length,
}

/// <summary>One sampled completion. Plain numbers: keeping it keeps no tensor alive.</summary>
/// <param name="Text">The completion as text, without special tokens.</param>
/// <param name="TokenIds">The tokens, the end token included when the model wrote it.</param>
/// <param name="LogProbs">Natural log-probability of each token under the distribution it was sampled from (after temperature).</param>
/// <param name="Finish">Why it ended.</param>
public sealed record Rollout(string Text, IReadOnlyList<int> TokenIds, IReadOnlyList<float> LogProbs, FinishReason Finish);

/// <summary>The completions of one prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Frame">The frame in which the model reads and writes coordinates for this prompt's last image.</param>
/// <param name="Rollouts">G completions.</param>
public sealed record RolloutGroup(Prompt Prompt, CoordinateFrame Frame, IReadOnlyList<Rollout> Rollouts);

/// <summary>How completions are sampled.</summary>
public sealed record SamplingOptions
{
    /// <summary>Completions per prompt.</summary>
    public int GroupSize { get; init; } = 1;

    /// <summary>0 is greedy; otherwise logits are divided by it.</summary>
    public double Temperature { get; init; }

    /// <summary>Most tokens a completion may have.</summary>
    public int MaxNewTokens { get; init; } = 64;

    /// <summary>Seed of the sampling; each completion draws from its own stream, whatever the batch.</summary>
    public ulong Seed { get; init; }

    /// <summary>Greedy decoding, one completion per prompt.</summary>
    public static SamplingOptions Greedy { get; } = new();
}

/// <summary>Prompts in, rollouts out.</summary>
public interface IRolloutEngine
{
    /// <summary>Samples a group of completions for each prompt, in order.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two tokens.</exception>
    IReadOnlyList<RolloutGroup> Generate(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken cancellation = default);
}
