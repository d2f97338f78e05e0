using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Runs;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-replay</c>: a step of a run again: what was asked, what the policy answered, what it earned.</summary>
public sealed class GeoReplayCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-replay";

    /// <inheritdoc/>
    public string Summary => "show the rollouts of one step of a run again, with their rewards and advantages";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("run", "folder of the run", Required: true),
        new("--step", "the step, from 1; the last when left out", MagicOptionKind.Integer),
        new("--group", "which prompt of the step, from 0; all when left out", MagicOptionKind.Integer),
        new("--dataset", "variable with the samples, to show their images and references too; without it only text"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 4 --tasks referred-detection --quiet",
        "#!geo-model tiny",
        "#!geo-grpo train --steps 1 --prompts 2 --group 2 --run run-to-replay",
        "#!geo-replay run-to-replay --step 1 --group 0 --dataset train",
    ];

    /// <inheritdoc/>
    public string CSharp => "RunFolder.ReadRollouts(\"runs/a\", step: 12)";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var run = RunSummary.Read(Path.GetFullPath(arguments.Required("run"), context.WorkingFolder));
        int step = arguments.Integer("--step") ?? run.Steps.LastOrDefault()?.Step ?? 0;
        var rollouts = RunFolder.ReadRollouts(run.Path, step);
        if (rollouts.Count == 0)
            throw new GeoVlmException($"{run.Name} has no step {step}; it has 1 to {run.Steps.Count}");
        int? wanted = arguments.Integer("--group");
        var groups = rollouts.GroupBy(r => r.Group).Where(g => wanted is null || g.Key == wanted).ToArray();
        if (groups.Length == 0)
            throw new GeoVlmException($"step {step} has no group {wanted}; it has 0 to {rollouts.Max(r => r.Group)}");
        var samples = arguments.Text("--dataset") is { } name ? context.GetVariable<EoDataset>(name).Samples : [];
        foreach (var group in groups)
        {
            string id = group.First().Sample;
            var sample = samples.FirstOrDefault(s => s.Id == id);
            if (sample is null && samples.Count > 0)
                context.Host.Stream(StreamKind.Stderr, $"sample {id} is not in {arguments.Text("--dataset")}\n");
            context.Host.Stream(StreamKind.Stdout, $"step {step}, prompt {group.Key}, {id}: {group.First().Prompt}\n");
            if (sample is not null && group.First().Frame is [var width, var height])
                context.Display(new GroupView(Judged(group, sample, new CoordinateFrame("model pixels", width, height))));
            else
                context.Display(new RolloutsView(group));
        }
    }

    // What was paid is taken from the record; only the answers are read again, to be drawn. Token ids are not kept.
    private static JudgedGroup Judged(IEnumerable<RolloutRecord> records, Sample sample, CoordinateFrame frame)
    {
        var rubric = RubricCatalogue.For(sample.Task);
        var rollouts = records.OrderBy(r => r.Rollout).ToArray();
        return new JudgedGroup(
            new RolloutGroup(
                new Prompt(sample, rollouts[0].Prompt),
                frame,
                [
                    .. rollouts.Select(r => new Rollout(
                        r.Completion,
                        new int[r.Tokens],
                        new float[r.Tokens],
                        Enum.Parse<FinishReason>(r.Finish, ignoreCase: true)
                    )),
                ]
            ),
            [
                .. rollouts.Select(r => new Judgement(
                    CompletionParser.Parse(r.Completion, rubric.Parser, sample, frame),
                    new RewardBreakdown(r.Reward, [.. r.Rewards.Select(p => new RewardPart(p.Key, 1, p.Value, ""))])
                )),
            ],
            [.. rollouts.Select(r => r.Advantage)]
        );
    }
}
