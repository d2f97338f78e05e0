using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward scaled by how hard the prompt is for the policy, as the mean of its group says.</summary>
/// <param name="reward">What is scaled.</param>
/// <param name="scale">How the weight falls with the mean; e^(−mean) when null.</param>
public sealed class DifficultyWeightedReward(IReward reward, DifficultyScale? scale = null) : IGroupReward, IFittedReward, IForeignCode
{
    private readonly DifficultyScale scale = scale ?? DifficultyScale.Exponential;

    /// <inheritdoc/>
    public string Name => $"{reward.Name}-by-{(scale.Name.Length > 0 ? scale.Name + "-" : "")}difficulty";

    /// <inheritdoc/>
    public string Summary => $"{reward.Name} times a weight that falls with the mean over the group (UniVG-R1)";

    /// <inheritdoc/>
    public bool IsShaping => reward.IsShaping;

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => reward.IsMeantFor(task);

    /// <inheritdoc/>
    public string Source => reward.Source;

    /// <inheritdoc/>
    public IReward Fit(IReadOnlyList<Sample> samples) => new DifficultyWeightedReward(IFittedReward.Of(reward, samples), scale);

    /// <inheritdoc/>
    public IReadOnlyList<RewardScore> ScoreGroup(IReadOnlyList<ParsedCompletion> group, Sample sample)
    {
        var parts = group.Select(c => MixedReward.Part(reward, 1, c, sample)).ToList();
        double factor = scale.Weight(Math.Clamp(parts.Average(p => p.Value), 0, 1));
        return [.. parts.Select(p => new RewardScore(p.Value * factor, $"{p.Reason}; weighed {factor:0.00}") { Parts = [p] })];
    }
}
