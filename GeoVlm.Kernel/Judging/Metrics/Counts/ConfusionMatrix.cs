namespace GeoVlm.Judging.Metrics.Counts;

/// <summary>Counts of predicted against true classes, and what scikit-learn computes from them.</summary>
/// <param name="Counts">[true class, predicted class]; square.</param>
public sealed record ConfusionMatrix(long[,] Counts)
{
    /// <summary>Number of classes.</summary>
    public int Classes => Counts.GetLength(0);

    /// <summary>Number of things classified.</summary>
    public long Total => Counts.Cast<long>().Sum();

    /// <summary>Share on the diagonal; null when nothing was counted.</summary>
    public double? Accuracy => Total == 0 ? null : (double)Enumerable.Range(0, Classes).Sum(c => Counts[c, c]) / Total;

    /// <summary>Mean F1 over all classes; a class that neither occurs nor is predicted counts as 0, as in scikit-learn.</summary>
    public double MacroF1 => Enumerable.Range(0, Classes).Average(c => Of(c).F1 ?? 0);

    /// <summary>Mean F1 over the classes that occur or are predicted; null without any.</summary>
    public double? MacroF1OfPresent
    {
        get
        {
            double[] present = [.. Enumerable.Range(0, Classes).Select(c => Of(c).F1).OfType<double>()];
            return present.Length == 0 ? null : present.Average();
        }
    }

    /// <summary>Mean F1 over classes weighted by how often each occurs; null when nothing was counted.</summary>
    public double? WeightedF1 => Total == 0 ? null : Enumerable.Range(0, Classes).Sum(c => Support(c) * (Of(c).F1 ?? 0)) / Total;

    /// <summary>Mean recall over the classes that occur; null without any.</summary>
    public double? BalancedAccuracy
    {
        get
        {
            double[] recalls = [.. Enumerable.Range(0, Classes).Select(c => Of(c).Recall).OfType<double>()];
            return recalls.Length == 0 ? null : recalls.Average();
        }
    }

    /// <summary>Cohen's kappa: agreement beyond chance, −1 to 1; null when chance alone gives full agreement.</summary>
    public double? Kappa
    {
        get
        {
            double total = Total;
            double chance = Enumerable.Range(0, Classes).Sum(c => Support(c) * (double)Predicted(c)) / total / total;
            return total == 0 || chance == 1 ? null : ((Accuracy ?? 0) - chance) / (1 - chance);
        }
    }

    /// <summary>One class against the rest.</summary>
    public BinaryCounts Of(int label)
    {
        long right = Counts[label, label],
            predicted = Predicted(label),
            support = Support(label);
        return new(right, predicted - right, support - right, Total - predicted - support + right);
    }

    /// <summary>How often a class occurs in the truth.</summary>
    public long Support(int label) => Enumerable.Range(0, Classes).Sum(c => Counts[label, c]);

    /// <summary>Counts pairs of class indices; a pair with an index outside the classes is an
    /// <see cref="ArgumentOutOfRangeException"/>.</summary>
    public static ConfusionMatrix Of(IEnumerable<(int Truth, int Prediction)> pairs, int classes)
    {
        var counts = new long[classes, classes];
        foreach (var (truth, prediction) in pairs)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual((uint)truth < classes && (uint)prediction < classes, true, nameof(pairs));
            counts[truth, prediction]++;
        }
        return new ConfusionMatrix(counts);
    }

    /// <summary>The matrix of two sets together; both over the same classes.</summary>
    public static ConfusionMatrix operator +(ConfusionMatrix a, ConfusionMatrix b)
    {
        var sum = new long[a.Classes, a.Classes];
        for (int i = 0; i < a.Classes; i++)
        for (int j = 0; j < a.Classes; j++)
            sum[i, j] = a.Counts[i, j] + b.Counts[i, j];
        return new ConfusionMatrix(sum);
    }

    private long Predicted(int label) => Enumerable.Range(0, Classes).Sum(c => Counts[c, label]);
}
