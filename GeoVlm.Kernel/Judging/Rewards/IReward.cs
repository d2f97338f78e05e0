using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A verifiable reward: a pure function of one completion and its sample.</summary>
public interface IReward
{
    /// <summary>Its name in tables and on the command line: lower case, words joined by '-'.</summary>
    string Name { get; }

    /// <summary>One line for help: what it pays for, and its range.</summary>
    string Summary { get; }

    /// <summary>Why this form, as it was published, is no default of ours; empty where nothing is known against it.</summary>
    string KnownFlaw => "";

    /// <summary>Whether it looks at form alone (format, length, repetition) and so pays
    /// wrong answers too; it shapes what others judge.</summary>
    bool IsShaping => false;

    /// <summary>Whether it is meant for such a task; it may be asked for another all the same, if it can compare the reference.</summary>
    bool IsMeantFor(EoTask task) => true;

    /// <summary>The source text of a reward written in a notebook, as runs record it; empty for the built-in ones.</summary>
    string Source => "";

    /// <summary>Scores a completion. An unreadable answer scores 0 unless the reward is about format.</summary>
    /// <returns>Value in [0, 1], with the reason for it.</returns>
    /// <exception cref="GeoVlmException">The sample's reference is not of the kind that the reward compares.</exception>
    RewardScore Score(ParsedCompletion completion, Sample sample);
}

/// <summary>A reward's verdict.</summary>
/// <param name="Value">0 to 1.</param>
/// <param name="Reason">What matched what, and why not more.</param>
public sealed record RewardScore(double Value, string Reason = "")
{
    /// <summary>What went into the value, where it was composed of others; their raw values are never lost.</summary>
    public IReadOnlyList<RewardPart> Parts { get; init; } = [];

    /// <summary>The score of a completion whose answer could not be read as the kind that the reward compares.</summary>
    internal static RewardScore Unreadable(ParsedCompletion completion) =>
        new(
            0,
            completion.Failure?.Reason
                ?? $"the answer was read as a {completion.Answer?.GetType().Name}, which this reward does not compare"
        );
}
