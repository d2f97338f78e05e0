namespace GeoVlm.Learning.Advantages;

/// <summary>r − mean of the group, divided by the standard deviation of the whole batch: the small
/// spread of one group is not blown up (TRL, <c>scale_rewards=batch</c>).</summary>
public sealed class BatchAdvantage : IAdvantage
{
    /// <inheritdoc/>
    public string Name => "batch";

    /// <inheritdoc/>
    public string Summary => "(r − mean of the group) / (std of the batch + 1e-4)";

    /// <inheritdoc/>
    public double[] Of(RewardTable rewards)
    {
        float divisor = RewardTable.StandardDeviation(rewards.Totals) + RewardTable.Epsilon;
        return rewards.PerGroup(
            rewards.Totals,
            group =>
            {
                float mean = RewardTable.Mean(group);
                return group.Select(r => (double)(((float)r - mean) / divisor));
            }
        );
    }
}
