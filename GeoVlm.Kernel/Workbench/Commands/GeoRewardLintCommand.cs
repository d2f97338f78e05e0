using GeoVlm.Data;
using GeoVlm.Judging.Lab;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-reward-lint</c>: attacks rewards before a policy does, and says which attack earns what.</summary>
public sealed class GeoRewardLintCommand : IMagicCommand
{
    private const int MostSamples = 12;

    /// <inheritdoc/>
    public string Name => "#!geo-reward-lint";

    /// <inheritdoc/>
    public string Summary =>
        "attack rewards (nothing, everything, twice, elsewhere, another frame …), check their properties, give a verdict";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new(
            "reward",
            "names of the catalogue or variables, with weights or without: \"iou:1,format:0.3\"; the rewards of --task when left out"
        ),
        new("dataset", $"variable with a dataset: its first {MostSamples} samples of each task are attacked; made samples when left out"),
        new("--task", "only this task") { Choices = EoTaskNames.All },
        new("--flaws", "show flaws alone", MagicOptionKind.Flag),
        new("--as", "name of the variable for the findings", Default: "lint"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-reward-lint detection",
        "#!geo-reward-lint tinyrs-iou --task visual-grounding --flaws",
        "#!geo-reward-lint --task image-caption",
        "#!geo-reward-lint iou:1,format:1 --task visual-grounding",
    ];

    /// <inheritdoc/>
    public string CSharp => "RewardLint.Check(RewardCatalogue.Find(\"detection\"), LintSamples.All)";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        EoTask? task = arguments.Text("--task") is { } name ? EoTaskNames.Parse(name) : null;
        if (arguments.Text("reward") is null && task is null)
            throw new GeoVlmException("name a reward, or a task whose rewards are to be attacked: --task");
        Sample[] samples =
        [
            .. (arguments.Text("dataset") is { } dataset ? context.GetVariable<EoDataset>(dataset).Samples : LintSamples.All)
                .Where(s => task is null || s.Task == task)
                .GroupBy(s => s.Task)
                .SelectMany(g => g.Take(MostSamples)),
        ];
        if (samples.Length == 0)
            throw new GeoVlmException($"there are no {(task is { } t ? EoTaskNames.Of(t) + " " : "")}samples to attack the rewards on");
        var rubric = arguments.Text("reward") is { } text
            ? SessionArguments.Rubrics(text, context)(samples[0])
            : context.Keep(() => new SessionRewards()).For(task!.Value);
        var lints = new List<RewardLint>();
        foreach (var (reward, _) in rubric.Rewards)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var lint = RewardLint.Check(reward, samples, everyTask: task is not null);
            lints.Add(lint);
            if (lint.Findings.Count == 0)
                throw new GeoVlmException($"'{reward.Name}' fits none of these samples: {reward.Summary}. Name a task of its kind: --task");
            context.Display(Show(lint, arguments.Flag("--flaws")));
        }
        var share = RewardLint.FormatShare(rubric);
        if (rubric.Rewards.Count > 1)
            context.Display(
                new Table(
                    ["weights", "verdict", "why"],
                    [
                        [
                            string.Join(" + ", rubric.Rewards.Select(r => FormattableString.Invariant($"{r.Weight} {r.Reward.Name}"))),
                            Word(share.Verdict),
                            share.Detail,
                        ],
                    ]
                )
            );
        context.SetVariable(arguments.Required("--as"), lints);
    }

    private static Table Show(RewardLint lint, bool flawsAlone) =>
        new(
            ["verdict", "task", "attack or property", "earned", "may earn", "why"],
            [
                .. lint
                    .Findings.Where(f => !flawsAlone || f.Verdict == LintVerdict.Flaw)
                    .OrderByDescending(f => f.Verdict)
                    .Select(f =>
                        (IReadOnlyList<object?>)
                            [
                                Word(f.Verdict),
                                f.Task,
                                f.Check,
                                double.IsNaN(f.Earned) ? "" : new TableBar(Math.Clamp(f.Earned, 0, 1), 1, Number.Write(f.Earned, "0.00")),
                                double.IsNaN(f.Most) ? "" : Number.Write(f.Most, "0.00"),
                                f.Detail,
                            ]
                    ),
            ]
        )
        {
            Title = $"{lint.Reward}: {lint.Verdict}" + (lint.KnownFlaw.Length > 0 ? $". Known of it as published: {lint.KnownFlaw}" : ""),
        };

    private static string Word(LintVerdict verdict) =>
        verdict switch
        {
            LintVerdict.Flaw => "FLAW",
            LintVerdict.Note => "note",
            _ => "sound",
        };
}
