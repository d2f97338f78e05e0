namespace GeoVlm.Learning.Advantages;

/// <summary>How the rewards of a group become advantages.</summary>
public enum AdvantageScale
{
    /// <summary>(r − mean) / (standard deviation + 1e-4), as GRPO defines it.</summary>
    GroupStandardDeviation,
    /// <summary>r − mean: no division, as Dr. GRPO argues, since dividing favours prompts that are nearly solved or nearly hopeless.</summary>
    None,
}

/// <summary>The group advantage: each rollout is compared with its siblings, so no value model is needed.</summary>
public static class GroupAdvantage
{
    /// <summary>A_i = (r_i − mean(r)) / (std(r) + 1e-4), with the unbiased standard deviation (n − 1), as TRL computes it.</summary>
    /// <param name="rewards">Total rewards of one group's G rollouts.</param>
    /// <param name="scale">Whether to divide by the standard deviation.</param>
    /// <returns>G advantages; all 0 when every reward is the same.</returns>
    public static double[] Of(IReadOnlyList<double> rewards, AdvantageScale scale)
    {
        double mean = rewards.Average(), deviation = StandardDeviation(rewards);
        double divisor = scale == AdvantageScale.GroupStandardDeviation ? deviation + 1e-4 : 1;
        return [.. rewards.Select(r => (r - mean) / divisor)];
    }

    /// <summary>Unbiased standard deviation (n − 1); 0 for fewer than two values.</summary>
    public static double StandardDeviation(IReadOnlyList<double> values)
    {
        if (values.Count < 2) return 0;
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}
