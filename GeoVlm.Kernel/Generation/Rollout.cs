using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Models;

namespace GeoVlm.Generation;

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>The model said so: an end token or a stop string.</summary>
    Stop,

    /// <summary>The limit of new tokens was reached.</summary>
    Length,
}

/// <summary>One sampled completion. Plain numbers: keeping it keeps no tensor alive.</summary>
/// <param name="Text">The completion as text, without special tokens, up to a stop string.</param>
/// <param name="TokenIds">The tokens, the end token included when the model wrote it.</param>
/// <param name="LogProbs">
/// Natural log-probability of each token under the policy: logits over temperature (over 1 when greedy), before penalty and filters. What a
/// trainer recomputes, so it is this that its ratio is taken to.
/// </param>
/// <param name="Finish">Why it ended.</param>
public sealed record Rollout(string Text, IReadOnlyList<int> TokenIds, IReadOnlyList<float> LogProbs, FinishReason Finish)
{
    /// <summary>Natural log-probability of each token under the distribution it was drawn
    /// from, penalty and filters included; 0 when greedy.</summary>
    public IReadOnlyList<float> SampledLogProbs { get; init; } = LogProbs;
}

/// <summary>The completions of one prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Frame">The frame in which the model reads and writes coordinates for this prompt's last image.</param>
/// <param name="Rollouts">G completions.</param>
public sealed record RolloutGroup(Prompt Prompt, CoordinateFrame Frame, IReadOnlyList<Rollout> Rollouts)
{
    /// <summary>The prompt as the policy has read it, for who computes with it again soon; null where nobody asked to keep it.</summary>
    internal EncodedPrompt? Encoded { get; init; }
}

/// <summary>Prompts in, rollouts out.</summary>
public interface IRolloutEngine
{
    /// <summary>Samples a group of completions for each prompt, in order.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two tokens.</exception>
    IReadOnlyList<RolloutGroup> Generate(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken cancellation = default);
}
