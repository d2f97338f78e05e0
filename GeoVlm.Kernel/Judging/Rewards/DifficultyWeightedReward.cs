using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward scaled by how hard the prompt is for the policy: r · e^(1 − mean of the group) / e.</summary>
/// <remarks>UniVG-R1 multiplies the loss by e^(1 − mIoU); as a reward it is divided by e to stay within 0 and 1, which is ours.</remarks>
/// <param name="reward">What is scaled.</param>
public sealed class DifficultyWeightedReward(IReward reward) : IGroupReward, IForeignCode
{
    /// <inheritdoc/>
    public string Name => $"{reward.Name}-by-difficulty";

    /// <inheritdoc/>
    public string Summary => $"{reward.Name} times e^(−mean over the group)";

    /// <inheritdoc/>
    public bool IsShaping => reward.IsShaping;

    /// <inheritdoc/>
    public string Source => reward.Source;

    /// <inheritdoc/>
    public IReadOnlyList<RewardScore> ScoreGroup(IReadOnlyList<ParsedCompletion> group, Sample sample)
    {
        var parts = group.Select(c => MixedReward.Part(reward, 1, c, sample)).ToList();
        double factor = Math.Exp(-parts.Average(p => p.Value));
        return [.. parts.Select(p => new RewardScore(p.Value * factor, $"{p.Reason}; weighed {factor:0.00}") { Parts = [p] })];
    }
}
