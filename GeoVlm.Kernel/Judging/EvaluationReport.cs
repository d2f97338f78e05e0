using GeoVlm.Data;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging;

/// <summary>What a model answered on a set of samples, and how well.</summary>
public sealed class EvaluationReport
{
    /// <summary>Name of the row with the total reward.</summary>
    public const string Reward = "reward";

    private readonly Lazy<CorpusReport> corpus;

    /// <summary>Makes a report of judged samples.</summary>
    public EvaluationReport(IReadOnlyList<SampleResult> samples)
    {
        Samples = samples;
        Rows =
        [
            .. from task in samples.GroupBy(s => s.Task).OrderBy(g => g.Key)
            let values = task.ToList()
            from metric in MetricsOf(values)
            let interval = Bootstrap.MeanInterval([.. values.Select(v => v.Values[metric])], $"{task.Key}/{metric}")
            select new MetricRow(task.Key, metric, interval.Mean, interval.Low, interval.High, values.Count)
            {
                Definition = DefinitionOf(metric),
            },
        ];
        corpus = new Lazy<CorpusReport>(() => new CorpusReport([.. samples.Select(s => new Prediction(s.Sample, s.Judgement.Completion))]));
    }

    /// <summary>Each sample with its completion and its values, in the order asked.</summary>
    public IReadOnlyList<SampleResult> Samples { get; }

    /// <summary>Mean and interval of the reward and of each metric, by task.</summary>
    public IReadOnlyList<MetricRow> Rows { get; }

    /// <summary>The metrics of the whole set (AP, F1 pooled, BLEU …), as published beside ours; computed when first asked for.</summary>
    public CorpusReport Corpus => corpus.Value;

    /// <summary>The row of a metric; of the first task that has it when <paramref name="task"/> is null.</summary>
    /// <exception cref="GeoVlmException">There is none.</exception>
    public MetricRow Row(string metric, EoTask? task = null) =>
        Rows.FirstOrDefault(r => r.Metric == metric && (task is null || r.Task == task))
        ?? throw new GeoVlmException(
            $"The report has no '{metric}'{(task is null ? "" : $" for {task}")}. "
                + $"It has: {string.Join(", ", Rows.Select(r => $"{r.Task} {r.Metric}"))}."
        );

    /// <summary>The change from this report to a later one on the same samples, by task and metric.</summary>
    /// <remarks>Samples are paired, so the interval is that of the mean difference, narrower than two separate ones suggest. A metric that
    /// only one of the reports has is left out. Rewards compare only when both were made with the same rubrics.</remarks>
    /// <exception cref="GeoVlmException">The reports are not about the same samples in the same order.</exception>
    public IReadOnlyList<PairedDifference> CompareWith(EvaluationReport after)
    {
        if (Samples.Count != after.Samples.Count)
            throw new GeoVlmException(
                $"These reports cannot be compared: one has {Samples.Count} samples, the other {after.Samples.Count}. "
                    + "Evaluate both on the same samples."
            );
        var pairs = Samples.Zip(after.Samples).ToList();
        int differs = pairs.FindIndex(p => (p.First.SampleId, p.First.Task) != (p.Second.SampleId, p.Second.Task));
        if (differs >= 0)
            throw new GeoVlmException(
                $"These reports cannot be compared: sample {differs} is '{pairs[differs].First.SampleId}' in one "
                    + $"and '{pairs[differs].Second.SampleId}' in the other. "
                    + "Evaluate both on the same samples in the same order."
            );
        return
        [
            .. from task in pairs.GroupBy(p => p.First.Task).OrderBy(g => g.Key)
            let values = task.ToList()
            from metric in MetricsOf(values.Select(v => v.First)).Intersect(MetricsOf(values.Select(v => v.Second)))
            let change = Bootstrap.MeanInterval(
                [.. values.Select(v => v.Second.Values[metric] - v.First.Values[metric])],
                $"{task.Key}/{metric}/difference"
            )
            select new PairedDifference(
                task.Key,
                metric,
                values.Average(v => v.First.Values[metric]),
                values.Average(v => v.Second.Values[metric]),
                change.Mean,
                change.Low,
                change.High,
                values.Count
            ),
        ];
    }

    /// <summary>The rows as a plain table.</summary>
    public override string ToString() =>
        string.Join('\n', Rows.Select(r => $"{r.Task, -24} {r.Metric, -16} {r.Mean, 7:0.000} [{r.Low:0.000}, {r.High:0.000}] n={r.Count}"));

    private static string DefinitionOf(string metric) =>
        metric == Reward
            ? "sum of weight × value over the rubric's rewards, mean over samples"
            : MetricCatalogue.All.FirstOrDefault(m => m.Name == metric)?.Summary ?? "";

    private static IEnumerable<string> MetricsOf(IEnumerable<SampleResult> samples) => samples.First().Values.Keys;
}

/// <summary>One sample of an evaluation.</summary>
/// <param name="Sample">What was asked.</param>
/// <param name="Completion">What the model wrote. Untrusted.</param>
/// <param name="Judgement">How it was read and rewarded.</param>
/// <param name="Values">The total reward and each metric of the task's rubric, by name.</param>
public sealed record SampleResult(Sample Sample, string Completion, Judgement Judgement, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>Id of the sample.</summary>
    public string SampleId => Sample.Id;

    /// <summary>Task of the sample.</summary>
    public EoTask Task => Sample.Task;
}

/// <summary>A metric over the samples of a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Metric">Name of the metric, or "reward".</param>
/// <param name="Mean">Mean over samples, or the number of the whole set; NaN where undefined.</param>
/// <param name="Low">Lower end of the 95 % bootstrap interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Number of samples.</param>
public sealed record MetricRow(EoTask Task, string Metric, double Mean, double Low, double High, int Count)
{
    /// <summary>What the number is; empty for a metric defined in a notebook.</summary>
    public string Definition { get; init; } = "";

    /// <summary>Whose rules it follows.</summary>
    public MetricProtocol Protocol { get; init; }
}

/// <summary>The change of a metric between two evaluations of the same samples.</summary>
/// <param name="Task">The task.</param>
/// <param name="Metric">Name of the metric, or "reward".</param>
/// <param name="Before">Mean of the first evaluation.</param>
/// <param name="After">Mean of the second.</param>
/// <param name="Difference">After − before.</param>
/// <param name="Low">Lower end of the 95 % paired bootstrap interval of the difference.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Number of samples.</param>
public sealed record PairedDifference(
    EoTask Task,
    string Metric,
    double Before,
    double After,
    double Difference,
    double Low,
    double High,
    int Count
)
{
    /// <summary>Two-sided p-value of no difference, from the same draws; NaN where it was not computed.</summary>
    public double PValue { get; init; } = double.NaN;

    /// <summary>Whether the interval leaves out 0.</summary>
    public bool IsClear => Low > 0 || High < 0;
}
