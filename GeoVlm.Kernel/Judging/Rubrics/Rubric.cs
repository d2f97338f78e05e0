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
public sealed partial record Rubric(EoTask Task, IAnswerParser Parser, IReadOnlyList<(IReward Reward, double Weight)> Rewards, IReadOnlyList<IMetric> Metrics)
{
    /// <summary>The same rubric with other rewards.</summary>
    public Rubric WithRewards(params (IReward Reward, double Weight)[] rewards) => this with { Rewards = rewards };
}

/// <summary>A completion, read and rewarded.</summary>
/// <param name="Completion">What was read.</param>
/// <param name="Reward">What it earned.</param>
public sealed record Judgement(ParsedCompletion Completion, RewardBreakdown Reward);
