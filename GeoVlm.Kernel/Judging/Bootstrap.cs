using GeoVlm.Data;

namespace GeoVlm.Judging;

/// <summary>Percentile bootstrap of a mean (Efron 1979): how far the mean would move with another draw of the same many samples.</summary>
public static class Bootstrap
{
    /// <summary>Number of resamples.</summary>
    public const int Resamples = 2000;

    /// <summary>The mean and its 95 % interval.</summary>
    /// <param name="values">At least one value.</param>
    /// <param name="stream">Names the random stream; the same name and values give the same interval everywhere.</param>
    public static (double Mean, double Low, double High) MeanInterval(IReadOnlyList<double> values, string stream)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Count, nameof(values));
        var random = new SeededRandom(Seed.Derive(0, "bootstrap", stream));
        var means = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            double sum = 0;
            for (int i = 0; i < values.Count; i++)
                sum += values[random.Next(values.Count)];
            means[r] = sum / values.Count;
        }
        Array.Sort(means);
        return (values.Average(), Quantile(means, 0.025), Quantile(means, 0.975));
    }

    /// <summary>The mean over seeds and samples and its 95 % interval, drawing seeds and samples
    /// alike: how far it would move with other seeds and other samples.</summary>
    /// <param name="bySeed">[S][N] the same N samples under each of S seeds; at least one of each.</param>
    /// <param name="stream">Names the random stream.</param>
    public static (double Mean, double Low, double High) MeanInterval(IReadOnlyList<IReadOnlyList<double>> bySeed, string stream)
    {
        if (bySeed.Count == 1)
            return MeanInterval(bySeed[0], stream);
        ArgumentOutOfRangeException.ThrowIfZero(bySeed.Count, nameof(bySeed));
        int samples = bySeed[0].Count;
        var random = new SeededRandom(Seed.Derive(0, "bootstrap", stream));
        var means = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            var seeds = new IReadOnlyList<double>[bySeed.Count];
            for (int s = 0; s < seeds.Length; s++)
                seeds[s] = bySeed[random.Next(bySeed.Count)];
            double sum = 0;
            for (int i = 0; i < samples; i++)
            {
                int sample = random.Next(samples);
                foreach (var seed in seeds)
                    sum += seed[sample];
            }
            means[r] = sum / samples / seeds.Length;
        }
        Array.Sort(means);
        return (bySeed.Average(s => s.Average()), Quantile(means, 0.025), Quantile(means, 0.975));
    }

    /// <summary>Numbers of a whole set with their 95 % intervals: the samples are
    /// drawn anew, each number is computed of the draw.</summary>
    /// <param name="count">Number of samples, at least one.</param>
    /// <param name="resamples">Number of draws.</param>
    /// <param name="stream">Names the random stream.</param>
    /// <param name="score">From indices of samples to the numbers, null where undefined.</param>
    /// <returns>The numbers of the set itself, the ends of their intervals over the draws that define them, and the two-sided p-value of
    /// their being 0: twice the share of draws on the other side, at least 1 of the draws. NaN for an undefined number.</returns>
    public static (double?[] Value, double[] Low, double[] High, double[] PValue) SetIntervals(
        int count,
        int resamples,
        string stream,
        Func<IReadOnlyList<int>, double?[]> score
    )
    {
        ArgumentOutOfRangeException.ThrowIfZero(count);
        var random = new SeededRandom(Seed.Derive(0, "bootstrap", stream));
        double?[] value = score([.. Enumerable.Range(0, count)]);
        var drawn = value.Select(_ => new List<double>(resamples)).ToArray();
        var samples = new int[count];
        for (int r = 0; r < resamples; r++)
        {
            for (int i = 0; i < count; i++)
                samples[i] = random.Next(count);
            double?[] scored = score(samples);
            for (int m = 0; m < value.Length; m++)
                if (scored[m] is { } one)
                    drawn[m].Add(one);
        }
        double Of(int m, Func<double[], double> number) =>
            value[m] is null || drawn[m].Count == 0 ? double.NaN : number([.. drawn[m].Order()]);
        double[] Each(Func<double[], double> number) => [.. value.Select((_, m) => Of(m, number))];
        return (value, Each(d => Quantile(d, 0.025)), Each(d => Quantile(d, 0.975)), Each(PValue));
    }

    private static double PValue(double[] drawn) =>
        Math.Min(1, 2.0 * (Math.Min(drawn.Count(d => d <= 0), drawn.Count(d => d >= 0)) + 1) / (drawn.Length + 1));

    /// <summary>Quantile of sorted values, interpolated between neighbours.</summary>
    private static double Quantile(double[] sorted, double q)
    {
        double at = q * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
    }
}
