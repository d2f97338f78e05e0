namespace GeoVlm.Judging.Rewards;

/// <summary>Rewards composed as in a formula: <c>0.7 * iou + 0.3 * format</c>, <c>format *
/// iou</c>, <c>iou.Gate(format)</c>, <c>iou.Clip(0.2, 0.8)</c>.</summary>
/// <remarks>Every composition is itself a reward from 0 to 1, and keeps the raw values of what it is made of.</remarks>
public static class RewardOperators
{
    extension(IReward)
    {
        /// <summary>The mean of two rewards, or of all terms of a longer sum, by their weights.</summary>
        public static IReward operator +(IReward a, IReward b) => new MixedReward([.. MixedReward.Terms(a), .. MixedReward.Terms(b)]);

        /// <summary>A reward with a weight, for a sum.</summary>
        /// <exception cref="GeoVlmException">The weight is negative or no number.</exception>
        public static IReward operator *(double weight, IReward reward) => new MixedReward([(reward, weight)]);

        /// <summary>The product: both must be earned.</summary>
        public static IReward operator *(IReward a, IReward b) => new ProductReward([a, b]);
    }

    extension(IReward reward)
    {
        /// <summary>The reward where <paramref name="condition"/> reaches <paramref name="least"/>, else 0.</summary>
        public IReward Gate(IReward condition, double least = 1) => new GatedReward(reward, condition, least);

        /// <summary>The reward spread so that <paramref name="low"/> and less becomes 0, <paramref name="high"/> and more 1.</summary>
        /// <remarks>With what a shortcut earns as <paramref name="low"/> and 1 as <paramref name="high"/> it is RS-EoT's correction, (r −
        /// E) / (1 − E).</remarks>
        /// <exception cref="GeoVlmException">Not 0 ≤ low &lt; high ≤ 1.</exception>
        public IReward Clip(double low, double high) => new ClippedReward(reward, low, high);

        /// <summary>The reward times a weight that falls with the mean of its group: prompts that the policy finds hard count for
        /// more.</summary>
        /// <param name="scale">How it falls; e^(−mean) when null.</param>
        public IGroupReward WeighedByDifficulty(DifficultyScale? scale = null) => new DifficultyWeightedReward(reward, scale);
    }
}
