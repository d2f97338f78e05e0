namespace GeoVlm.Learning.Advantages;

/// <summary>GDPO: every reward part is normalised within its group before the weighted sum, so that
/// no part drowns another; the sum is normalised over the batch.</summary>
public sealed class NormalisedPartsAdvantage : IAdvantage
{
    /// <inheritdoc/>
    public string Name => "gdpo";

    /// <inheritdoc/>
    public string Summary => "each part normalised in its group, weighted sum, normalised over the batch (GDPO)";

    /// <inheritdoc/>
    public double[] Of(RewardTable rewards)
    {
        if (rewards.Parts.Count == 0)
            throw new ArgumentException("it normalises reward parts, and the table has none", nameof(rewards));
        double[][] normalised =
        [
            .. rewards.Parts.Select(part =>
                part.Chunk(rewards.GroupSize)
                    .SelectMany(group =>
                    {
                        float mean = RewardTable.Mean(group),
                            deviation = RewardTable.StandardDeviation(group);
                        return group.Select(r => (double)(((float)r - mean) / (deviation + RewardTable.Epsilon)));
                    })
                    .ToArray()
            ),
        ];
        var totals = RewardTable.Of(normalised, rewards.Weights, rewards.GroupSize).Totals;
        float all = RewardTable.Mean(totals),
            divisor = RewardTable.StandardDeviation(totals) + RewardTable.Epsilon;
        return rewards.PerGroup(totals, group => group.Select(r => (double)(((float)r - all) / divisor)));
    }
}
