using GeoVlm.Data;

namespace GeoVlm.Judging;

/// <summary>Several sampled answers to the same samples: their mean, and the best of them (what a group has to learn from).</summary>
/// <param name="Draws">One report for each draw, all of the same samples in the same order.</param>
public sealed record SampledReport(IReadOnlyList<EvaluationReport> Draws)
{
    /// <summary>Number of answers to each sample.</summary>
    public int K => Draws.Count;

    /// <summary>Mean over samples and draws, and mean over samples of the best draw (pass@k for a
    /// metric of 0 and 1), each with its 95 % interval over samples.</summary>
    public IReadOnlyList<SampledRow> Rows =>
        [
            .. from task in Draws[0].Samples.Select((s, i) => (s.Task, Index: i)).GroupBy(s => s.Task).OrderBy(g => g.Key)
            let indices = task.Select(t => t.Index).ToArray()
            from metric in Draws[0].Samples[indices[0]].Values.Keys
            let values = indices.Select(i => Draws.Select(d => d.Samples[i].Values[metric]).ToArray()).ToArray()
            select new SampledRow(
                task.Key,
                metric,
                Interval(values.Select(v => v.Average()), $"{task.Key}/{metric}/mean"),
                Interval(values.Select(v => v.Max()), $"{task.Key}/{metric}/best"),
                indices.Length
            ),
        ];

    private static (double Mean, double Low, double High) Interval(IEnumerable<double> values, string stream) =>
        Bootstrap.MeanInterval([.. values], stream);
}

/// <summary>A metric over sampled answers.</summary>
/// <param name="Task">The task.</param>
/// <param name="Metric">Name of the metric, or "reward".</param>
/// <param name="Mean">Mean over draws and samples, with its interval.</param>
/// <param name="Best">Mean over samples of the best draw, with its interval.</param>
/// <param name="Count">Number of samples.</param>
public sealed record SampledRow(
    EoTask Task,
    string Metric,
    (double Mean, double Low, double High) Mean,
    (double Mean, double Low, double High) Best,
    int Count
);
