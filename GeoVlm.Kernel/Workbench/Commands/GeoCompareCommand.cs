using GeoVlm.Learning;
using GeoVlm.Learning.Runs;
using GeoVlm.Rendering;
using GeoVlm.Rendering.Charts;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-compare</c>: the curves of several runs over each other, and how they differ in what was asked.</summary>
public sealed class GeoCompareCommand : IMagicCommand
{
    private static readonly (string Title, string Unit, Func<StepRecord, double> Value)[] curves =
    [
        ("Reward", "mean reward", s => s.Reward),
        ("KL to the reference policy", "nats per token", s => s.Kl ?? double.NaN),
        ("Entropy", "nats per token", s => s.Entropy),
        ("Completion length", "tokens", s => s.MeanLength),
        ("Groups that teach nothing", "share", s => s.FracRewardZeroStd),
    ];

    /// <inheritdoc/>
    public string Name => "#!geo-compare";

    /// <inheritdoc/>
    public string Summary => "lay the curves of several runs over each other, and list how their options differ";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("runs", "folders of the runs, parted by blanks or commas", Required: true) { Joint = ',' },
        new("--window", "steps that each point is the mean of", MagicOptionKind.Integer, Default: "5"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 4 --tasks referred-detection --quiet",
        "#!geo-model tiny",
        "#!geo-grpo train --steps 1 --prompts 2 --group 2 --run run-a-of-help",
        "#!geo-grpo train --steps 1 --prompts 2 --group 2 --beta 0 --run run-b-of-help",
        "#!geo-compare run-a-of-help run-b-of-help",
    ];

    /// <inheritdoc/>
    public string CSharp => "RunFolder.ReadSteps(\"runs/a\").Zip(RunFolder.ReadSteps(\"runs/b\"))";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        RunSummary[] runs =
        [
            .. arguments
                .Required("runs")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(r => RunSummary.Read(Path.GetFullPath(r, context.WorkingFolder))),
        ];
        int window = Math.Max(1, arguments.Integer("--window")!.Value);
        string[] names = Names(runs);
        foreach (var (title, unit, value) in curves)
        {
            var series = runs.Zip(names, (run, name) => new ChartSeries(name, Smooth(run.Steps, value, window)))
                .Where(s => s.Points.Any(p => double.IsFinite(p.Y)))
                .ToArray();
            if (series.Length > 0)
                context.Display(new LineChart(title, "step", window > 1 ? $"{unit}, mean of {window} steps" : unit, series));
        }
        string[][] differences =
        [
            .. runs.Skip(1).SelectMany((run, i) => runs[0].Manifest.Differences(run.Manifest).Select(d => new[] { names[i + 1], d })),
        ];
        context.Display(new Table(["run", $"differs from {names[0]}"], [.. differences.Select(d => (IReadOnlyList<object?>)d)]));
    }

    // The last folder's name is enough, unless two share it.
    private static string[] Names(RunSummary[] runs) =>
        runs.DistinctBy(r => r.Name).Count() == runs.Length
            ? [.. runs.Select(r => r.Name)]
            : [.. runs.Select(r => Path.Combine(Path.GetFileName(Path.GetDirectoryName(r.Path)) ?? "", r.Name))];

    private static ChartPoint[] Smooth(IReadOnlyList<StepRecord> steps, Func<StepRecord, double> value, int window) =>
        [
            .. steps.Select(
                (s, i) => new ChartPoint(s.Step, steps.Skip(Math.Max(0, i - window + 1)).Take(Math.Min(window, i + 1)).Average(value))
            ),
        ];
}
