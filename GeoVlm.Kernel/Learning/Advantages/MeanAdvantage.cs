namespace GeoVlm.Learning.Advantages;

/// <summary>Dr. GRPO: r − mean, undivided, since dividing favours prompts that are nearly solved or nearly hopeless.</summary>
public sealed class MeanAdvantage : IAdvantage
{
    /// <inheritdoc/>
    public string Name => "mean";

    /// <inheritdoc/>
    public string Summary => "r − mean of the group, undivided (Dr. GRPO)";

    /// <inheritdoc/>
    public double[] Of(RewardTable rewards) =>
        rewards.PerGroup(
            rewards.Totals,
            group =>
            {
                float mean = RewardTable.Mean(group);
                return group.Select(r => (double)((float)r - mean));
            }
        );
}
