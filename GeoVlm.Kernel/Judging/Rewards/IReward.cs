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

    /// <summary>Scores a completion. An unreadable answer scores 0 unless the reward is about format.</summary>
    /// <returns>Value in [0, 1], with the reason for it.</returns>
    RewardScore Score(ParsedCompletion completion, Sample sample);
}

/// <summary>A reward's verdict.</summary>
/// <param name="Value">0 to 1.</param>
/// <param name="Reason">What matched what, and why not more.</param>
public sealed record RewardScore(double Value, string Reason = "");
