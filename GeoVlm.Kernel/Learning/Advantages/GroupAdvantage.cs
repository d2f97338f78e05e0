namespace GeoVlm.Learning.Advantages;

/// <summary>GRPO: (r − mean) / (std + 1e-4), both of the rollout’s own group; std with n − 1, as TRL computes it.</summary>
public sealed class GroupAdvantage : IAdvantage
{
    /// <inheritdoc/>
    public string Name => "group";

    /// <inheritdoc/>
    public string Summary => "(r − mean) / (std + 1e-4) within the group (GRPO)";

    /// <inheritdoc/>
    public double[] Of(RewardTable rewards) =>
        rewards.PerGroup(
            rewards.Totals,
            group =>
            {
                float mean = RewardTable.Mean(group),
                    deviation = RewardTable.StandardDeviation(group);
                return group.Select(r => (double)(((float)r - mean) / (deviation + RewardTable.Epsilon)));
            }
        );
}
