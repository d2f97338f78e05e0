using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-grpo</c>: trains a policy with task-aware rewards, with a display that follows every step.</summary>
public sealed class GeoGrpoCommand : IMagicCommand
{
    private static readonly GrpoConfig Defaults = new();

    /// <inheritdoc/>
    public string Name => "#!geo-grpo";

    /// <inheritdoc/>
    public string Summary => "post-train a policy by GRPO on verifiable rewards; interrupt it any time, it keeps what it learned";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with the training samples; the latest dataset when left out"),
        new("--model", "variable with a policy, trained in place; the latest one when left out"),
        new("--task", "only samples of this task") { Choices = EoTaskNames.All },
        new("--reward", "rewards instead of the task's own: names or variables with weights, \"iou:1,format:0.3\""),
        new("--steps", "optimizer updates", MagicOptionKind.Integer, Default: $"{Defaults.Steps}"),
        new("--prompts", "prompts per step", MagicOptionKind.Integer, Default: $"{Defaults.PromptsPerStep}"),
        new("--group", "completions per prompt", MagicOptionKind.Integer, Default: $"{Defaults.GroupSize}"),
        new("--max-tokens", "most tokens of a completion", MagicOptionKind.Integer, Default: $"{Defaults.MaxCompletionTokens}"),
        new("--temperature", "sampling temperature", MagicOptionKind.Number, Default: $"{Defaults.Temperature}"),
        new("--lr", "learning rate after warm-up", MagicOptionKind.Number, Default: $"{Defaults.LearningRate}"),
        new("--beta", "weight of the KL penalty to the frozen reference", MagicOptionKind.Number, Default: $"{Defaults.Beta}"),
        new("--clip", "clip range of the ratio", MagicOptionKind.Number, Default: $"{Defaults.ClipLow}"),
        new("--loss", "how token losses are averaged", Default: Defaults.Loss) { Choices = [.. LossCatalogue.All.Select(l => l.Name)] },
        new("--seed", "seed of prompt order and sampling", MagicOptionKind.Integer, Default: $"{Defaults.Seed}"),
        new("--run", "folder that keeps options, steps, rollouts and checkpoints; nothing is written when left out"),
        new("--resume", "go on with the run in --run from its last checkpoint", MagicOptionKind.Flag),
        new("--force", "resume although options, data or rewards differ from those the run began with", MagicOptionKind.Flag),
        new("--checkpoint-every", "steps between two checkpoints of a run", MagicOptionKind.Integer, Default: "10"),
        new("--as", "name of the variable for the steps", Default: "steps"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 8 --tasks referred-detection --quiet",
        "#!geo-model tiny",
        "#!geo-grpo train --steps 2 --prompts 2 --group 4 --reward iou:1,format:0.3",
    ];

    /// <inheritdoc/>
    public string CSharp => "using var trainer = new GrpoTrainer(policy, train.Samples, s => RubricCatalogue.For(s.Task), new GrpoConfig { Steps = 40 }); trainer.Run()";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var policy = SessionArguments.Policy(arguments, context);
        var config = Config(arguments);
        config.Validate();
        var samples = SessionArguments.Dataset(arguments, context).Samples;
        var rubrics = SessionArguments.Rubrics(arguments, context);
        using var run = OnDisk(arguments, context, policy, samples, rubrics, config);
        using var trainer = run is null ? new GrpoTrainer(policy, samples, rubrics, config) : null;
        List<StepRecord> records = run is { Trainer.StepsDone: > 0 } ? [.. RunFolder.ReadSteps(run.Path)] : [];
        var display = new Progress(context, records.Count, config.Steps);
        display.Show(records, records.Count > 0 ? $"resumed after step {records.Count}" : "starting");
        void After(StepRecord record)
        {
            records.Add(record);
            display.Show(records, "");
        }
        try
        {
            if (run is not null) run.Run(After, context.Cancellation);
            else trainer!.Run(After, context.Cancellation);
            display.Show(records, "done");
        }
        catch (OperationCanceledException)
        {
            display.Show(records, $"stopped after step {records.Count}; '{policy.Name}' keeps what it learned" + (run is null ? "" : $", and `--resume` goes on from {run.Path}"));
            throw;
        }
        finally
        {
            context.SetVariable(arguments.Required("--as"), records);
            foreach (string warning in run?.Warnings ?? []) context.Host.Stream(StreamKind.Stderr, warning + "\n");
        }
    }

    private static GrpoRun? OnDisk(
        MagicArguments arguments, CommandContext context, Policy policy, IReadOnlyList<Sample> samples, Func<Sample, Rubric> rubrics, GrpoConfig config)
    {
        bool resume = arguments.Flag("--resume");
        if (arguments.Text("--run") is not { } folder) return resume ? throw new GeoVlmException("--resume needs the run's folder: --run FOLDER") : null;
        string path = Path.GetFullPath(folder, context.WorkingFolder);
        var options = new RunOptions { CheckpointEvery = Math.Max(1, arguments.Integer("--checkpoint-every")!.Value) };
        return resume
            ? GrpoRun.Resume(path, policy, samples, rubrics, config, arguments.Flag("--force"), options)
            : GrpoRun.Start(path, policy, samples, rubrics, config, options);
    }

    private static GrpoConfig Config(MagicArguments arguments) => new()
    {
        Steps = arguments.Integer("--steps")!.Value,
        PromptsPerStep = arguments.Integer("--prompts")!.Value,
        GroupSize = arguments.Integer("--group")!.Value,
        MaxCompletionTokens = arguments.Integer("--max-tokens")!.Value,
        Temperature = arguments.Number("--temperature")!.Value,
        LearningRate = arguments.Number("--lr")!.Value,
        Beta = arguments.Number("--beta")!.Value,
        ClipLow = arguments.Number("--clip")!.Value,
        ClipHigh = arguments.Number("--clip")!.Value,
        Loss = arguments.Required("--loss"),
        Seed = (ulong)arguments.Integer("--seed")!.Value,
    };

    private sealed class Progress(CommandContext context, int first, int steps)
    {
        private readonly string displayId = $"geo-grpo-{Guid.NewGuid():N}";
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private bool shown;

        public void Show(IReadOnlyList<StepRecord> records, string status)
        {
            var bundle = new TrainingDashboard([.. records.Select(Point)], steps)
            {
                Status = status,
                TimeLeft = records.Count > first && records.Count < steps && status == "" ? clock.Elapsed / (records.Count - first) * (steps - records.Count) : null,
            }.Render();
            if (shown) context.Host.UpdateDisplay(bundle, displayId);
            else context.Host.Display(bundle, displayId);
            shown = true;
        }

        private static TrainingPoint Point(StepRecord r) =>
            new(r.Step, r.Reward, r.RewardStd, r.Kl ?? double.NaN, r.MeanLength, r.Tokens / r.RolloutSeconds)
            {
                Extra = [.. r.Rewards.Select(part => (part.Key, part.Value)), ("entropy", r.Entropy)],
            };
    }
}
