using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>1 when the text between the answer tags is, character by character, the reference as it would be written; else 0.</summary>
/// <remarks>Task-blind: the "standard reward" that the paper's Fig. 2 contrasts with its task-aware ones. A box that is off by one pixel
/// earns nothing. White space at the ends does not count.</remarks>
public sealed class StandardReward : IReward
{
    /// <inheritdoc/>
    public string Name => "standard";

    /// <inheritdoc/>
    public string Summary => "1 when the written answer equals the reference as a string, else 0, whatever the task";

    /// <inheritdoc/>
    public string KnownFlaw => "task-blind: a box one pixel off earns nothing, and the order of labels counts";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        string expected = AnswerText.Write(sample, completion.WrittenFrame ?? References.FrameOf(sample)).Trim();
        if (completion.WrittenAnswer is not { } written)
            return RewardScore.Unreadable(completion);
        return string.Equals(written.Trim(), expected, StringComparison.Ordinal) ? new(1, "same text") : new(0, $"expected '{expected}'");
    }
}
