namespace GeoVlm.Judging.Metrics.Counts;

/// <summary>Multi-label classification as scikit-learn scores it, from the label sets of many samples.</summary>
/// <remarks>0/0 counts as 0, as scikit-learn's default does: a class that neither occurs nor is predicted pulls the macro mean down, and a
/// sample without labels in both counts as 0.</remarks>
public sealed class MultiLabelScores
{
    private readonly BinaryCounts[] perClass,
        perSample;

    /// <summary>Counts label sets.</summary>
    /// <param name="truth">[sample][class].</param>
    /// <param name="predicted">[sample][class], of the same size.</param>
    public MultiLabelScores(IReadOnlyList<bool[]> truth, IReadOnlyList<bool[]> predicted)
    {
        int classes = truth.Count == 0 ? 0 : truth[0].Length;
        perClass = new BinaryCounts[classes];
        perSample = new BinaryCounts[truth.Count];
        for (int s = 0; s < truth.Count; s++)
        for (int c = 0; c < classes; c++)
        {
            var one = (truth[s][c], predicted[s][c]) switch
            {
                (true, true) => new BinaryCounts(1, 0, 0, 0),
                (false, true) => new BinaryCounts(0, 1, 0, 0),
                (true, false) => new BinaryCounts(0, 0, 1, 0),
                _ => new BinaryCounts(0, 0, 0, 1),
            };
            perClass[c] += one;
            perSample[s] += one;
        }
    }

    /// <summary>Counts of each class over the samples.</summary>
    public IReadOnlyList<BinaryCounts> PerClass => perClass;

    /// <summary>Counts of each sample over the classes.</summary>
    public IReadOnlyList<BinaryCounts> PerSample => perSample;

    /// <summary>Counts over everything: the micro average.</summary>
    public BinaryCounts Micro => perClass.Aggregate(default(BinaryCounts), (sum, c) => sum + c);

    /// <summary>Share of samples whose label set is exactly right.</summary>
    public double SubsetAccuracy => perSample.Average(s => s.FalsePositives + s.FalseNegatives == 0 ? 1.0 : 0);

    /// <summary>Share of single label decisions that are wrong.</summary>
    public double HammingLoss => 1 - (Micro.Accuracy ?? 1);

    /// <summary>Mean of a value over the classes.</summary>
    public double Macro(Func<BinaryCounts, double?> value) => perClass.Average(c => value(c) ?? 0);

    /// <summary>Mean of a value over the samples.</summary>
    public double Samples(Func<BinaryCounts, double?> value) => perSample.Average(s => value(s) ?? 0);

    /// <summary>Mean of a value over the classes, weighted by how often each occurs.</summary>
    public double Weighted(Func<BinaryCounts, double?> value)
    {
        double support = perClass.Sum(c => c.TruePositives + c.FalseNegatives);
        return support == 0 ? 0 : perClass.Sum(c => (c.TruePositives + c.FalseNegatives) * (value(c) ?? 0)) / support;
    }

    /// <summary>Average precision of a ranking: the sum over distinct scores of (recall
    /// gained) · precision; null without a positive.</summary>
    /// <param name="ranked">Score and truth of each item, in any order. Not interpolated, unlike COCO's.</param>
    public static double? AveragePrecision(IReadOnlyCollection<(double Score, bool Positive)> ranked)
    {
        int positives = ranked.Count(r => r.Positive),
            right = 0,
            seen = 0;
        if (positives == 0)
            return null;
        double sum = 0;
        foreach (var tied in ranked.GroupBy(r => r.Score).OrderByDescending(g => g.Key))
        {
            int gained = tied.Count(r => r.Positive);
            right += gained;
            seen += tied.Count();
            sum += (double)gained / positives * right / seen;
        }
        return sum;
    }
}
