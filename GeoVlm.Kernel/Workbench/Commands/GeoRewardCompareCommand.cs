using GeoVlm.Data;
using GeoVlm.Judging.Lab;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-reward-compare</c>: the rollouts of a run under several rewards: how far they
/// agree, where they do not, which groups they cannot tell apart.</summary>
public sealed class GeoRewardCompareCommand : IMagicCommand
{
    private const string Blocks = " ▁▂▃▄▅▆▇█";

    /// <inheritdoc/>
    public string Name => "#!geo-reward-compare";

    /// <inheritdoc/>
    public string Summary =>
        "judge the saved rollouts of a run by several rewards: agreement, histogram, groups without variance, worst disagreements";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("run", "folder of a run (`#!geo-grpo --run`), or its rollouts.jsonl", Required: true),
        new(
            "--rewards",
            "rewards to compare, parted by ';', each with weights or without: \"detection:1,format:0.3; standard\"; the task's own and the standard one when left out"
        )
        {
            Joint = ';',
        },
        new("--dataset", "variable with the samples that were asked; all datasets of the session when left out"),
        new("--step", "only the rollouts of this step", MagicOptionKind.Integer),
        new("--worst", "disagreements that are shown as pictures", MagicOptionKind.Integer, Default: "3"),
        new("--as", "name of the variable for the comparison", Default: "comparison"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 8 --tasks referred-detection --quiet",
        "var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());",
        "#!geo-model tiny",
        "#!geo-grpo train --steps 1 --prompts 2 --group 4 --run @folder",
        "#!geo-reward-compare @folder --rewards \"detection; standard; giou:1,format:0.3\" --worst 1",
        "Directory.Delete(folder, true);",
    ];

    /// <inheritdoc/>
    public string CSharp =>
        "RewardComparison.Of(groups, [(\"detection\", s => RubricCatalogue.For(s.Task)), (\"standard\", s => RubricCatalogue.For(s.Task).Standard)])";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var datasets = arguments.Text("--dataset") is { } name
            ? [context.GetVariable<EoDataset>(name)]
            : context.Variables.Select(v => v.Value).OfType<EoDataset>().ToArray();
        if (datasets.Length == 0)
            throw new GeoVlmException("load the dataset that the run was trained on first: the rollouts name its samples by id");
        var samples = datasets.SelectMany(d => d.Samples).GroupBy(s => s.Id).ToDictionary(g => g.Key, g => g.Last());
        var (groups, unknown) = SavedRolloutReader.Read(
            Path.GetFullPath(arguments.Required("run"), context.WorkingFolder),
            samples,
            arguments.Integer("--step")
        );
        if (groups.Count == 0)
            throw new GeoVlmException(
                $"none of the {unknown} groups of rollouts is about a sample of {string.Join(", ", datasets.Select(d => $"'{d.Name}'"))}; load the dataset that the run was trained on"
            );
        if (unknown > 0)
            context.Host.Stream(StreamKind.Stderr, $"{unknown} groups are left out: their samples are in no dataset of this session\n");
        var rewards = Rewards(arguments.Text("--rewards"), context);
        if (rewards.Count < 2)
            throw new GeoVlmException(
                $"--rewards \"{arguments.Text("--rewards")}\" is one reward; part those to compare by ';', for example \"iou; giou\" (a comma adds them up)"
            );
        var comparison = RewardComparison.Of(groups, rewards);
        context.SetVariable(arguments.Required("--as"), comparison);
        context.Display(Columns(comparison));
        context.Display(Agreements(comparison));
        foreach (var row in comparison.Worst(arguments.Integer("--worst")!.Value))
            context.Display(
                new VerdictCard(row.Sample, row.Judgements[0])
                {
                    Title =
                        $"{row.Sample.Id}: "
                        + string.Join(
                            ", ",
                            comparison.Columns.Zip(row.Judgements, (c, j) => $"{c.Name} {Number.Write(j.Reward.Total, "0.000")}")
                        ),
                }
            );
    }

    private static IReadOnlyList<(string, Func<Sample, Rubric>)> Rewards(string? text, CommandContext context)
    {
        var session = context.Keep(() => new SessionRewards());
        if (text is null)
            return [("the task's", s => session.For(s.Task)), ("standard", s => session.For(s.Task).Standard)];
        return
        [
            .. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(r => (r, SessionArguments.Rubrics(r, context))),
        ];
    }

    private static Table Columns(RewardComparison comparison) =>
        new(
            ["reward", "mean", "deviation", "groups without variance", "histogram from 0", "to", "failed"],
            [
                .. comparison.Columns.Select(c =>
                    (IReadOnlyList<object?>)
                        [
                            c.Name,
                            c.Mean,
                            c.Deviation,
                            new TableBar(c.ZeroVariance, 1, $"{c.ZeroVariance:P0}"),
                            Sparkline(c.Histogram),
                            Number.Write(c.Most),
                            c.Faults,
                        ]
                ),
            ]
        )
        {
            Title = $"{comparison.Rollouts.Count} rollouts in {comparison.Rollouts.Select(r => r.Group).Distinct().Count()} groups",
        };

    private static Table Agreements(RewardComparison comparison) =>
        new(
            ["rewards", "same order of siblings", "of pairs that both decide", "rank correlation"],
            [
                .. comparison.Agreements.Select(a =>
                    (IReadOnlyList<object?>)
                        [
                            $"{comparison.Columns[a.First].Name} and {comparison.Columns[a.Second].Name}",
                            double.IsNaN(a.Order) ? "no pair decided" : new TableBar(a.Order, 1, $"{a.Order:P0}"),
                            $"{a.Decided:P0}",
                            double.IsNaN(a.Correlation) ? "one is constant" : Number.Write(a.Correlation, "0.00"),
                        ]
                ),
            ]
        );

    private static string Sparkline(IReadOnlyList<int> counts) =>
        string.Concat(counts.Select(c => Blocks[c == 0 ? 0 : 1 + (Blocks.Length - 2) * c / Math.Max(1, counts.Max())]));
}
