using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;

namespace GeoVlm.Judging.Rubrics;

/// <summary>How one task is judged: its parser, its weighted rewards and its metrics.</summary>
/// <param name="Task">The task.</param>
/// <param name="Parser">Reads the text between the answer tags.</param>
/// <param name="Rewards">Rewards with their weights; the total is the weighted sum.</param>
/// <param name="Metrics">What an evaluation reports.</param>
public sealed record Rubric(EoTask Task, IAnswerParser Parser, IReadOnlyList<(IReward Reward, double Weight)> Rewards, IReadOnlyList<IMetric> Metrics)
{
    /// <summary>The same rubric with other rewards.</summary>
    public Rubric WithRewards(params (IReward Reward, double Weight)[] rewards) => this with { Rewards = rewards };

    /// <summary>Reads and rewards one completion.</summary>
    /// <param name="completion">The text as generated; untrusted.</param>
    /// <param name="sample">What was asked.</param>
    /// <param name="frame">The frame in which the model writes coordinates; boxes are converted to original pixels here, once.</param>
    /// <exception cref="GeoVlmException">A reward does not fit the sample, or a defined reward failed. Never because of the completion's text alone.</exception>
    public Judgement Judge(string completion, Sample sample, CoordinateFrame frame)
    {
        var parsed = CompletionParser.Parse(completion, Parser, sample, frame);
        var parts = new List<RewardPart>(Rewards.Count);
        foreach (var (reward, weight) in Rewards)
        {
            var score = reward.Score(parsed, sample);
            parts.Add(new RewardPart(reward.Name, weight, score.Value, score.Reason));
        }
        return new Judgement(parsed, new RewardBreakdown(parts.Sum(p => p.Weight * p.Value), parts));
    }
}

/// <summary>A completion, read and rewarded.</summary>
/// <param name="Completion">What was read.</param>
/// <param name="Reward">What it earned.</param>
public sealed record Judgement(ParsedCompletion Completion, RewardBreakdown Reward);
