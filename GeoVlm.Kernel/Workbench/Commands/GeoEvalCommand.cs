using GeoVlm.Data;
using GeoVlm.Data.Perturbations;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Learning.Runs;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-eval</c>: greedy answers on held-out samples, metrics with intervals,
/// and a paired comparison with an earlier evaluation.</summary>
public sealed class GeoEvalCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-eval";

    /// <inheritdoc/>
    public string Summary =>
        "evaluate a policy, greedy unless told otherwise, with 95 % bootstrap intervals; compare with an earlier evaluation";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variables with datasets, joined by commas; the latest one when left out"),
        new(
            "--model",
            "variables with policies, joined by commas; the latest one when left out. Later ones are compared with the first, paired"
        ),
        new("--task", "only samples of this task") { Choices = EoTaskNames.All },
        new("--reward", "rewards instead of the task's own: names or variables with weights, \"iou:1,format:0.3\""),
        SessionArguments.Combine,
        new("--as", "name of the variable for the report; with several models or datasets, NAME_model_dataset", Default: "report"),
        new("--compare", "variable with an earlier report on the same samples"),
        new("--published", "also the metrics of whole sets, as published beside ours", MagicOptionKind.Flag),
        new("--by", "also a table for each size, class, objects (one or several), split, or value of an attribute"),
        new("--pass-k", "sample this many answers to each question at temperature 1: mean, and best of k", MagicOptionKind.Integer),
        new(
            "--perturb",
            $"also on changed samples: {string.Join(", ", PerturbationCatalogue.All.Select(p => p.Name))}, joined by commas, or all"
        ),
        new("--run", "folder that keeps every completion: an evaluation that was stopped goes on from there"),
        .. SamplingArguments.Options,
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split heldout --count 8 --tasks referred-detection --quiet",
        "#!geo-model tiny",
        "#!geo-eval heldout --as before",
        "#!geo-eval heldout --as after --compare before --by class --perturb blur --pass-k 2",
        "#!geo-eval heldout --as sampled --temperature 0.7 --top-p 0.9 --sampling-seed 1",
    ];

    /// <inheritdoc/>
    public string CSharp => "var report = Evaluator.Evaluate(new TorchRolloutEngine(policy), heldout.Samples); before.CompareWith(report)";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        string[] models = Names(arguments.Text("--model")),
            datasets = Names(arguments.Text("dataset"));
        foreach (string? dataset in datasets.DefaultIfEmpty(null))
        {
            EvaluationReport? first = arguments.Text("--compare") is { } name ? context.GetVariable<EvaluationReport>(name) : null;
            foreach (string? model in models.DefaultIfEmpty(null))
            {
                var asked = new MagicArguments(
                    new Dictionary<string, string>(arguments.Values.Where(v => v.Key is not ("dataset" or "--model")))
                );
                if (dataset is not null)
                    asked = new(new Dictionary<string, string>(asked.Values) { ["dataset"] = dataset });
                if (model is not null)
                    asked = new(new Dictionary<string, string>(asked.Values) { ["--model"] = model });
                string variable =
                    models.Length > 1 || datasets.Length > 1
                        ? string.Join('_', new[] { arguments.Required("--as"), model, dataset }.OfType<string>())
                        : arguments.Required("--as");
                if (models.Length > 1 || datasets.Length > 1)
                    context.Host.Stream(StreamKind.Stdout, $"{model ?? "model"} on {dataset ?? "dataset"} → {variable}\n");
                var report = Evaluate(asked, context, first);
                context.SetVariable(variable, report);
                first ??= models.Length > 1 ? report : null;
            }
        }
    }

    private static EvaluationReport Evaluate(MagicArguments arguments, CommandContext context, EvaluationReport? earlier)
    {
        var samples = SessionArguments.Dataset(arguments, context).Samples;
        var policy = SessionArguments.Policy(arguments, context);
        var rubrics = SessionArguments.Rubrics(arguments, context, samples);
        var options = SessionArguments.EvaluationOptions(policy, context) with
        {
            Rubrics = [.. samples.DistinctBy(s => s.Task).Select(rubrics)],
            Sampling = SamplingArguments.Read(arguments),
        };
        IRolloutEngine engine = new TorchRolloutEngine(policy);
        if (arguments.Text("--run") is { } folder)
            engine = new SavedCompletions(
                engine,
                Path.Combine(Path.GetFullPath(folder, context.WorkingFolder), "completions.jsonl"),
                Fingerprint.Of(policy)
            );
        var report = Evaluator.Evaluate(engine, samples, options);
        SessionArguments.ListFaults(report.Samples.Select(s => s.Judgement.Reward), context);
        context.Display(earlier is null ? Report(report.Rows) : Comparison(earlier, report));
        if (arguments.Flag("--published"))
            context.Display(Published(report.Corpus));
        if (arguments.Text("--by") is { } by)
            context.Display(Parts(report, by));
        if (arguments.Integer("--pass-k") is { } k)
            context.Display(Sampled(engine, samples, options, k));
        foreach (var perturbation in Perturbations(arguments.Text("--perturb")))
            Perturbed(engine, report, perturbation, options, context);
        return report;
    }

    private static string[] Names(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IReadOnlyList<IPerturbation> Perturbations(string? text) =>
        text == "all" ? PerturbationCatalogue.All : [.. Names(text).Select(PerturbationCatalogue.Find)];

    private static Table Report(IReadOnlyList<MetricRow> rows) =>
        new(
            ["task", "metric", "mean", "95 % interval", "n"],
            [
                .. rows.Select(r =>
                    (IReadOnlyList<object?>)
                        [
                            EoTaskNames.Of(r.Task),
                            r.Metric,
                            new TableBar(r.Mean, 1, $"{r.Mean:0.000}"),
                            $"[{r.Low:0.000}, {r.High:0.000}]",
                            r.Count,
                        ]
                ),
            ]
        );

    private static Table Published(CorpusReport report) =>
        new(
            ["task", "metric", "value", "95 % interval", "n", "definition"],
            [
                .. report.Rows.Select(r =>
                    (IReadOnlyList<object?>)
                        [
                            EoTaskNames.Of(r.Task),
                            r.Metric,
                            double.IsNaN(r.Mean) ? "undefined" : $"{r.Mean:0.000}",
                            double.IsNaN(r.Low) ? "" : $"[{r.Low:0.000}, {r.High:0.000}]",
                            r.Count,
                            r.Definition,
                        ]
                ),
            ]
        );

    private static Table Parts(EvaluationReport report, string by) =>
        new(
            [by, "task", "metric", "mean", "95 % interval", "n"],
            [
                .. Breakdown
                    .Of(report, by)
                    .SelectMany(part =>
                        part.Report.Rows.Select(r =>
                            (IReadOnlyList<object?>)
                                [
                                    part.Part,
                                    EoTaskNames.Of(r.Task),
                                    r.Metric,
                                    new TableBar(r.Mean, 1, $"{r.Mean:0.000}"),
                                    $"[{r.Low:0.000}, {r.High:0.000}]",
                                    r.Count,
                                ]
                        )
                    ),
            ]
        );

    private static Table Sampled(IRolloutEngine engine, IReadOnlyList<Sample> samples, EvaluationOptions options, int k)
    {
        if (k < 1)
            throw new GeoVlmException($"--pass-k is {k}; it must be at least 1");
        var draws = new SampledReport([
            .. Enumerable
                .Range(0, k)
                .Select(i =>
                    Evaluator.Evaluate(
                        engine,
                        samples,
                        options with
                        {
                            Sampling = options.Sampling with { Temperature = 1, Seed = Seed.Derive(0, "pass-k", i) },
                        }
                    )
                ),
        ]);
        return new Table(
            ["task", "metric", $"mean of {k}", "95 % interval", $"best of {k}", "95 % interval", "n"],
            [
                .. draws.Rows.Select(r =>
                    (IReadOnlyList<object?>)
                        [
                            EoTaskNames.Of(r.Task),
                            r.Metric,
                            $"{r.Mean.Mean:0.000}",
                            $"[{r.Mean.Low:0.000}, {r.Mean.High:0.000}]",
                            $"{r.Best.Mean:0.000}",
                            $"[{r.Best.Low:0.000}, {r.Best.High:0.000}]",
                            r.Count,
                        ]
                ),
            ]
        );
    }

    // Samples whose right answer the change would change are left out on both sides, so that the rest is paired.
    private static void Perturbed(
        IRolloutEngine engine,
        EvaluationReport clean,
        IPerturbation perturbation,
        EvaluationOptions options,
        CommandContext context
    )
    {
        var pairs = clean
            .Samples.Select(s => (Clean: s, Changed: perturbation.Apply(s.Sample)))
            .Where(p => p.Changed is not null)
            .ToArray();
        context.Host.Stream(
            StreamKind.Stdout,
            $"{perturbation.Name}: {perturbation.Summary}; {pairs.Length} of {clean.Samples.Count} samples\n"
        );
        if (pairs.Length == 0)
            return;
        var changed = Evaluator.Evaluate(engine, [.. pairs.Select(p => p.Changed!)], options);
        context.Display(
            Comparison(new EvaluationReport([.. pairs.Select(p => p.Clean)]), changed) with
            {
                BeforeName = "clean",
                AfterName = perturbation.Name,
            }
        );
    }

    private static MetricComparison Comparison(EvaluationReport before, EvaluationReport after)
    {
        var differences = before.CompareWith(after);
        bool several = differences.DistinctBy(d => d.Task).Count() > 1;
        return new MetricComparison([
            .. differences.Select(d => new ComparedMetric(
                several ? $"{EoTaskNames.Of(d.Task)}: {d.Metric}" : d.Metric,
                Estimate(before.Row(d.Metric, d.Task)),
                Estimate(after.Row(d.Metric, d.Task)),
                new Estimate(d.Difference, d.Low, d.High),
                d.Count
            )),
        ]);
    }

    private static Estimate Estimate(Judging.MetricRow row) => new(row.Mean, row.Low, row.High);
}
