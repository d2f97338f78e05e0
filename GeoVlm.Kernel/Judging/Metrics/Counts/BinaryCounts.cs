using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Metrics.Counts;

/// <summary>How a yes/no prediction agrees with the truth, counted; sums of counts give the pooled values.</summary>
/// <param name="TruePositives">Yes in both.</param>
/// <param name="FalsePositives">Yes in the prediction only.</param>
/// <param name="FalseNegatives">Yes in the truth only.</param>
/// <param name="TrueNegatives">No in both.</param>
public readonly record struct BinaryCounts(long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives)
{
    /// <summary>Number of things counted.</summary>
    public long Total => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    /// <summary>Whether there is a yes anywhere; F1, IoU and kappa of "yes" are 0/0 without.</summary>
    public bool IsDefined => TruePositives + FalsePositives + FalseNegatives > 0;

    /// <summary>TP / (TP + FP); null without a predicted yes.</summary>
    public double? Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>TP / (TP + FN); null without a true yes.</summary>
    public double? Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>2 TP / (2 TP + FP + FN); null without any yes.</summary>
    public double? F1 => Ratio(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>TP / (TP + FP + FN), the Jaccard index; null without any yes.</summary>
    public double? IoU => Ratio(TruePositives, TruePositives + FalsePositives + FalseNegatives);

    /// <summary>TN / (TN + FP + FN), the IoU of "no"; null without any no.</summary>
    public double? NegativeIoU => Ratio(TrueNegatives, TrueNegatives + FalsePositives + FalseNegatives);

    /// <summary>Share that agrees; null when nothing was counted.</summary>
    public double? Accuracy => Ratio(TruePositives + TrueNegatives, Total);

    /// <summary>Cohen's kappa: agreement beyond chance, −1 to 1; null when chance alone gives full agreement.</summary>
    public double? Kappa =>
        new ConfusionMatrix(
            new long[,]
            {
                { TrueNegatives, FalsePositives },
                { FalseNegatives, TruePositives },
            }
        ).Kappa;

    /// <summary>Counts over two masks on one pixel grid.</summary>
    /// <exception cref="ArgumentException">The grids differ.</exception>
    public static BinaryCounts Between(Mask predicted, Mask reference)
    {
        var overlap = MaskOverlap.Between(predicted, reference);
        return new(
            overlap.Hits,
            overlap.FalseAlarms,
            overlap.Misses,
            reference.Bits.Length - overlap.Hits - overlap.FalseAlarms - overlap.Misses
        );
    }

    /// <summary>The counts of two sets together.</summary>
    public static BinaryCounts operator +(BinaryCounts a, BinaryCounts b) =>
        new(
            a.TruePositives + b.TruePositives,
            a.FalsePositives + b.FalsePositives,
            a.FalseNegatives + b.FalseNegatives,
            a.TrueNegatives + b.TrueNegatives
        );

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
