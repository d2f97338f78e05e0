namespace GeoVlm.Learning.Advantages;

/// <summary>The rewards of a batch of rollouts, group by group.</summary>
/// <param name="Totals">[N] the total reward of each rollout; NaN where nothing could be scored.</param>
/// <param name="GroupSize">Rollouts per prompt (G); N is a multiple of it.</param>
public sealed record RewardTable(IReadOnlyList<double> Totals, int GroupSize)
{
    /// <summary>Added to a standard deviation before it divides; TRL's and the field's constant.</summary>
    public const float Epsilon = 1e-4f;

    /// <summary>[F][N] each reward part by itself, NaN where it does not apply; empty where an advantage looks at totals alone.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Parts { get; init; } = [];

    /// <summary>[F] weights of the parts.</summary>
    public IReadOnlyList<double> Weights { get; init; } = [];

    /// <summary>The table of weighted parts: a total is the weighted sum of the parts that apply.</summary>
    /// <param name="parts">[F][N] reward parts, NaN where one does not apply.</param>
    /// <param name="weights">[F] their weights.</param>
    /// <param name="groupSize">Rollouts per prompt.</param>
    public static RewardTable Of(IReadOnlyList<IReadOnlyList<double>> parts, IReadOnlyList<double> weights, int groupSize) =>
        new([.. Enumerable.Range(0, parts[0].Count).Select(i => WeightedSum(parts, weights, i))], groupSize)
        {
            Parts = parts,
            Weights = weights,
        };

    /// <summary>Mean of the values that are not NaN; NaN for none. In single precision,
    /// as the reference implementations compute it.</summary>
    public static float Mean(IEnumerable<double> values)
    {
        float sum = 0;
        int count = 0;
        foreach (double value in values.Where(v => !double.IsNaN(v)))
            (sum, count) = (sum + (float)value, count + 1);
        return sum / count;
    }

    /// <summary>Unbiased standard deviation (n − 1) of the values that are not NaN; 0 for fewer than two. In single precision.</summary>
    public static float StandardDeviation(IEnumerable<double> values)
    {
        double[] known = [.. values.Where(v => !double.IsNaN(v))];
        if (known.Length < 2)
            return 0;
        float mean = Mean(known),
            squares = Mean(known.Select(v => (double)(((float)v - mean) * ((float)v - mean))));
        return MathF.Sqrt(squares * known.Length / (known.Length - 1));
    }

    /// <summary>Maps each group of <paramref name="values"/>, and puts 0 where that gave NaN.</summary>
    internal double[] PerGroup(IReadOnlyList<double> values, Func<double[], IEnumerable<double>> map) =>
        [.. values.Chunk(GroupSize).SelectMany(map).Select(a => double.IsNaN(a) ? 0 : a)];

    private static double WeightedSum(IReadOnlyList<IReadOnlyList<double>> parts, IReadOnlyList<double> weights, int rollout)
    {
        var known = Enumerable.Range(0, parts.Count).Where(f => !double.IsNaN(parts[f][rollout])).ToArray();
        return known.Length == 0 ? double.NaN : known.Sum(f => weights[f] * parts[f][rollout]);
    }
}
