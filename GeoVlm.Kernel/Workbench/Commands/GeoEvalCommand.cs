using GeoVlm.Data;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-eval</c>: answers, greedy unless told otherwise, on held-out samples, metrics with intervals, and a paired comparison with an earlier evaluation.</summary>
public sealed class GeoEvalCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-eval";

    /// <inheritdoc/>
    public string Summary => "evaluate a policy, greedy unless told otherwise, with 95 % bootstrap intervals; compare with an earlier evaluation";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with a dataset; the latest one when left out"),
        new("--model", "variable with a policy; the latest one when left out"),
        new("--task", "only samples of this task") { Choices = EoTaskNames.All },
        new("--reward", "rewards instead of the task's own: names or variables with weights, \"iou:1,format:0.3\""),
        new("--as", "name of the variable for the report", Default: "report"),
        new("--compare", "variable with an earlier report on the same samples"),
        .. SamplingArguments.Options,
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split heldout --count 8 --tasks referred-detection --quiet",
        "#!geo-model tiny",
        "#!geo-eval heldout --as before",
        "#!geo-eval heldout --as after --compare before",
        "#!geo-eval heldout --as sampled --temperature 0.7 --top-p 0.9 --sampling-seed 1",
    ];

    /// <inheritdoc/>
    public string CSharp => "var report = Evaluator.Evaluate(new TorchRolloutEngine(policy), heldout.Samples); before.CompareWith(report)";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var samples = SessionArguments.Dataset(arguments, context).Samples;
        var policy = SessionArguments.Policy(arguments, context);
        var earlier = arguments.Text("--compare") is { } name ? context.GetVariable<EvaluationReport>(name) : null;
        var rubrics = SessionArguments.Rubrics(arguments, context, samples);
        var options = SessionArguments.EvaluationOptions(policy, context) with { Rubrics = [.. samples.DistinctBy(s => s.Task).Select(rubrics)], Sampling = SamplingArguments.Read(arguments) };
        var report = Evaluator.Evaluate(new TorchRolloutEngine(policy), samples, options);
        context.SetVariable(arguments.Required("--as"), report);
        SessionArguments.ListFaults(report.Samples.Select(s => s.Judgement.Reward), context);
        context.Display(earlier is null ? Report(report) : Comparison(earlier, report));
    }

    private static Table Report(EvaluationReport report) => new(["task", "metric", "mean", "95 % interval", "n"],
        [.. report.Rows.Select(r => (IReadOnlyList<object?>)[EoTaskNames.Of(r.Task), r.Metric, new TableBar(r.Mean, 1, $"{r.Mean:0.000}"), $"[{r.Low:0.000}, {r.High:0.000}]", r.Count])]);

    private static MetricComparison Comparison(EvaluationReport before, EvaluationReport after)
    {
        var differences = before.CompareWith(after);
        bool several = differences.DistinctBy(d => d.Task).Count() > 1;
        return new MetricComparison([.. differences.Select(d => new ComparedMetric(
            several ? $"{EoTaskNames.Of(d.Task)}: {d.Metric}" : d.Metric,
            Estimate(before.Row(d.Metric, d.Task)), Estimate(after.Row(d.Metric, d.Task)), new Estimate(d.Difference, d.Low, d.High), d.Count))]);
    }

    private static Estimate Estimate(Judging.MetricRow row) => new(row.Mean, row.Low, row.High);
}
