using GeoVlm.Judging;

namespace GeoVlm.Learning.Ablations;

/// <summary>What an ablation found so far: every run that is finished.</summary>
/// <param name="Runs">The finished runs.</param>
/// <param name="Planned">Runs of the whole plan.</param>
public sealed record AblationResult(IReadOnlyList<AblationRun> Runs, int Planned)
{
    /// <summary>One row for each cell, task and metric.</summary>
    /// <remarks>
    /// Intervals are 95 %, from a bootstrap that draws seeds and held-out samples alike, so they hold for another seed and other samples.
    /// Changes and differences are paired: the same samples before and after, and the same seeds and samples in both cells.
    /// </remarks>
    public IReadOnlyList<AblationEffect> Effects =>
        [
            .. from cell in Runs.GroupBy(r => r.Cell.Name)
            from metric in cell.First().Rows.GroupBy(r => (r.Task, r.Metric)).Select(g => g.Key)
            select Effect([.. cell.OrderBy(r => r.Seed)], metric.Task, metric.Metric),
        ];

    private AblationEffect Effect(IReadOnlyList<AblationRun> runs, string task, string metric)
    {
        double[][] Values(IEnumerable<AblationRun> of, Func<AblationRow, double> value) =>
            [.. of.Select(run => run.Rows.Where(r => r.Task == task && r.Metric == metric).Select(value).ToArray())];
        var first = runs[0];
        string stream = $"{task}/{metric}";
        double[][] after = Values(runs, r => r.After);
        // The reward of another reward's run is another quantity: it has no difference to the reference.
        bool comparable = first.Reference != first.Cell.Name && metric != EvaluationReport.Reward;
        var seeds = comparable
            ? Runs.Where(r => r.Cell.Name == first.Reference).Select(r => r.Seed).Intersect(runs.Select(r => r.Seed)).Order().ToArray()
            : [];
        double[][] here = Values(runs.Where(r => seeds.Contains(r.Seed)), r => r.After);
        double[][] there = Values(
            Runs.Where(r => r.Cell.Name == first.Reference && seeds.Contains(r.Seed)).OrderBy(r => r.Seed),
            r => r.After
        );
        return new AblationEffect(
            first.Cell,
            task,
            metric,
            runs.Count,
            after[0].Length,
            Values(runs, r => r.Before)[0].Average(),
            Interval(after, stream),
            Interval(Values(runs, r => r.After - r.Before), stream)
        )
        {
            AgainstReference =
                seeds.Length == 0 ? null : Interval([.. here.Zip(there, (a, b) => a.Zip(b, (x, y) => x - y).ToArray())], stream),
        };
    }

    private static AblationInterval Interval(double[][] bySeed, string stream)
    {
        var (mean, low, high) = Bootstrap.MeanInterval(bySeed, stream);
        return new AblationInterval(mean, low, high);
    }
}

/// <summary>One finished run of an ablation.</summary>
/// <param name="Cell">What was trained.</param>
/// <param name="Seed">With which seed.</param>
/// <param name="Reference">Name of the cell that it is compared with.</param>
/// <param name="Rows">Every metric of every held-out sample, before and after.</param>
public sealed record AblationRun(AblationCell Cell, ulong Seed, string Reference, IReadOnlyList<AblationRow> Rows);

/// <summary>A metric of a cell over its seeds.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Task">The task.</param>
/// <param name="Metric">The metric; "reward" is the one trained on.</param>
/// <param name="Seeds">Finished seeds.</param>
/// <param name="Samples">Held-out samples.</param>
/// <param name="Before">Mean before training.</param>
/// <param name="After">Mean after training.</param>
/// <param name="Change">Mean of after − before.</param>
public sealed record AblationEffect(
    AblationCell Cell,
    string Task,
    string Metric,
    int Seeds,
    int Samples,
    double Before,
    AblationInterval After,
    AblationInterval Change
)
{
    /// <summary>After here − after in the reference cell, same seeds and samples; null for the reference itself and for rewards.</summary>
    public AblationInterval? AgainstReference { get; init; }
}

/// <summary>A mean with its 95 % interval.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record AblationInterval(double Mean, double Low, double High)
{
    /// <summary>Whether the interval leaves out 0.</summary>
    public bool IsClear => Low > 0 || High < 0;
}
