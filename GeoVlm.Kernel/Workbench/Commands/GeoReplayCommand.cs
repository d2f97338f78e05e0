using GeoVlm.Data;
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
        if (rollouts.Count == 0) throw new GeoVlmException($"{run.Name} has no step {step}; it has 1 to {run.Steps.Count}");
        int? wanted = arguments.Integer("--group");
        var groups = rollouts.GroupBy(r => r.Group).Where(g => wanted is null || g.Key == wanted).ToArray();
        if (groups.Length == 0) throw new GeoVlmException($"step {step} has no group {wanted}; it has 0 to {rollouts.Max(r => r.Group)}");
        var samples = arguments.Text("--dataset") is { } name ? context.GetVariable<EoDataset>(name).Samples : [];
        foreach (var group in groups)
        {
            string id = group.First().Sample;
            if (samples.FirstOrDefault(s => s.Id == id) is { } sample) context.Display(new SampleCard(sample));
            else if (samples.Count > 0) context.Host.Stream(StreamKind.Stderr, $"sample {id} is not in {arguments.Text("--dataset")}\n");
            context.Display(Table(group, step));
        }
    }

    private static Table Table(IGrouping<int, RolloutRecord> group, int step)
    {
        string[] parts = [.. group.SelectMany(r => r.Rewards.Keys).Distinct()];
        return new Table(["completion", "advantage", "reward", .. parts, "log-prob", "tokens"],
        [
            .. group.OrderByDescending(r => r.Reward).Select(r => (IReadOnlyList<object?>)
            [
                r.Completion, $"{r.Advantage:+0.00;-0.00}", new TableBar(r.Reward, Math.Max(1, group.Max(o => o.Reward)), $"{r.Reward:0.000}"),
                .. parts.Select(p => r.Rewards.TryGetValue(p, out double value) ? $"{value:0.000}" : ""), $"{r.MeanLogProb:0.00}", r.Tokens,
            ]),
        ])
        { Title = $"Step {step}, prompt {group.Key} ({group.First().Sample}): {group.First().Prompt}" };
    }
}
