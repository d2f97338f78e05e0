using GeoVlm.Data;
using GeoVlm.Judging.Metrics;

namespace GeoVlm.Judging;

/// <summary>The metrics of whole sets over predictions: values as published beside
/// ours, with intervals from resampling the samples.</summary>
public sealed class CorpusReport
{
    /// <summary>Samples times resamples that an interval may cost: many samples need fewer resamples.</summary>
    private const int Budget = 1_500_000;

    private readonly List<(EoTask Task, int Samples, PreparedMetric Metric)> families = [];

    /// <summary>Computes every metric that applies.</summary>
    /// <param name="predictions">Of any tasks; those of one task are a set.</param>
    /// <param name="metrics">The families; those of <see cref="CorpusMetricCatalogue"/> when null.</param>
    public CorpusReport(IReadOnlyList<Prediction> predictions, IReadOnlyList<ICorpusMetric>? metrics = null)
    {
        Predictions = predictions;
        foreach (var task in predictions.GroupBy(p => p.Sample.Task).OrderBy(g => g.Key))
        {
            List<Prediction> set = [.. task];
            foreach (var metric in (metrics ?? CorpusMetricCatalogue.All).Where(m => m.AppliesTo(task.Key)))
                families.Add((task.Key, set.Count, metric.Prepare(set)));
        }
        Rows = [.. families.SelectMany(f => RowsOf(f.Task, f.Samples, f.Metric))];
    }

    /// <summary>What was scored.</summary>
    public IReadOnlyList<Prediction> Predictions { get; }

    /// <summary>One row per number, by task; the value is NaN where it is undefined.</summary>
    public IReadOnlyList<MetricRow> Rows { get; }

    /// <summary>The change from this report to another on the same samples, from resampling both alike.</summary>
    /// <exception cref="GeoVlmException">The reports are not about the same samples in the same order.</exception>
    public IReadOnlyList<PairedDifference> CompareWith(CorpusReport after)
    {
        if (
            !Predictions
                .Select(p => (p.Sample.Id, p.Sample.Task))
                .SequenceEqual(after.Predictions.Select(p => (p.Sample.Id, p.Sample.Task)))
        )
            throw new GeoVlmException(
                "These predictions cannot be compared: they are not about the same samples in the same order. Score both on the same samples."
            );
        var differences = new List<PairedDifference>();
        foreach (var ((task, count, before), (_, _, later)) in families.Zip(after.families))
        {
            int[] shared = [.. before.Definitions.Select(d => later.Definitions.ToList().FindIndex(l => l.Name == d.Name))];
            var (mean, low, high, chance) = Bootstrap.SetIntervals(
                count,
                Resamples(count),
                $"{task}/{before.Definitions[0].Name}/difference",
                s =>
                {
                    var (first, second) = (before.Score(s), later.Score(s));
                    return [.. first.Select((f, i) => shared[i] < 0 ? null : second[shared[i]] - f)];
                }
            );
            int[] all = [.. Enumerable.Range(0, count)];
            var (was, now) = (before.Score(all), later.Score(all));
            for (int i = 0; i < mean.Length; i++)
                if (mean[i] is { } change)
                    differences.Add(
                        new(task, before.Definitions[i].Name, was[i]!.Value, now[shared[i]]!.Value, change, low[i], high[i], count)
                        {
                            PValue = chance[i],
                        }
                    );
        }
        return differences;
    }

    private static IEnumerable<MetricRow> RowsOf(EoTask task, int count, PreparedMetric metric)
    {
        var (mean, low, high, _) = Bootstrap.SetIntervals(count, Resamples(count), $"{task}/{metric.Definitions[0].Name}", metric.Score);
        return metric.Definitions.Select(
            (d, i) =>
                new MetricRow(task, d.Name, mean[i] ?? double.NaN, low[i], high[i], count)
                {
                    Definition = d.Definition,
                    Protocol = d.Protocol,
                }
        );
    }

    private static int Resamples(int count) => Math.Clamp(Budget / count, 100, 1000);
}
