namespace GeoVlm.Learning.Advantages;

/// <summary>REINFORCE leave-one-out: r − mean of the other rollouts of the group, an unbiased baseline.</summary>
public sealed class LeaveOneOutAdvantage : IAdvantage
{
    /// <inheritdoc/>
    public string Name => "rloo";

    /// <inheritdoc/>
    public string Summary => "r − mean of the siblings (RLOO, arXiv 2402.14740)";

    /// <inheritdoc/>
    public double[] Of(RewardTable rewards) =>
        rewards.PerGroup(
            rewards.Totals,
            group =>
            {
                double[] known = [.. group.Where(r => !double.IsNaN(r))];
                double sum = known.Sum();
                return group.Select(r => known.Length < 2 ? 0 : r - (sum - r) / (known.Length - 1));
            }
        );
}
