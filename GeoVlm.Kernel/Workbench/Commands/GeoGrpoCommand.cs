using GeoVlm.Data;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Advantages;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Learning.Schedules;
using GeoVlm.Models;
using GeoVlm.Workbench.Jobs;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-grpo</c>: trains a policy with task-aware rewards, with a display that follows every step.</summary>
public sealed class GeoGrpoCommand : IMagicCommand
{
    private static readonly GrpoConfig Laptop = GrpoPresets.Find("laptop").Config;

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
        SessionArguments.Lora,
        SessionArguments.Train,
        SessionArguments.Checkpointing,
        new("--reward", "rewards instead of the task's own: names or variables with weights, \"iou:1,format:0.3\""),
        SessionArguments.Combine,
        new("--preset", "options to begin with; those below override it", Default: "laptop")
        {
            Choices = [.. GrpoPresets.All.Select(p => p.Name)],
        },
        new("--steps", $"optimizer updates (laptop: {Laptop.Steps})", MagicOptionKind.Integer),
        new("--prompts", $"prompts per step (laptop: {Laptop.PromptsPerStep})", MagicOptionKind.Integer),
        new("--group", $"completions per prompt (laptop: {Laptop.GroupSize})", MagicOptionKind.Integer),
        new("--max-tokens", $"most tokens of a completion (laptop: {Laptop.MaxCompletionTokens})", MagicOptionKind.Integer),
        new("--temperature", $"sampling temperature (laptop: {Laptop.Temperature})", MagicOptionKind.Number),
        new("--lr", $"peak learning rate (laptop: {Laptop.LearningRate})", MagicOptionKind.Number),
        new("--schedule", $"learning-rate schedule (laptop: {Laptop.Schedule})")
        {
            Choices = [.. LearningRateSchedule.All.Select(s => s.Name)],
        },
        new("--warmup", $"steps of warm-up (laptop: {Laptop.WarmupSteps})", MagicOptionKind.Integer),
        new("--beta", $"weight of the KL penalty to the reference (laptop: {Laptop.Beta})", MagicOptionKind.Number),
        new("--clip", $"clip range of the ratio, both sides (laptop: {Laptop.ClipLow})", MagicOptionKind.Number),
        new("--clip-high", "clip range above 1, where it differs (DAPO: 0.28); the cap itself for cispo", MagicOptionKind.Number),
        new("--loss", $"the policy loss (laptop: {Laptop.Loss})") { Choices = [.. LossCatalogue.All.Select(l => l.Name)] },
        new("--ratio", "of what the importance ratio is taken; sequence with --loss grpo is GSPO") { Choices = ["token", "sequence"] },
        new("--advantage", $"how rewards become advantages (laptop: {Laptop.Advantage})")
        {
            Choices = [.. AdvantageCatalogue.All.Select(a => a.Name)],
        },
        new("--iterations", "updates on each batch of rollouts (μ)", MagicOptionKind.Integer),
        new("--resamples", "how often groups of equal rewards are replaced in a step (dynamic sampling)", MagicOptionKind.Integer),
        new("--order", "in which order prompts are asked") { Choices = ["shuffled", "successive", "easy-first"] },
        new("--micro-batch", "groups per forward and backward pass; less memory, same result", MagicOptionKind.Integer),
        new("--seed", $"seed of prompt order and sampling (laptop: {Laptop.Seed})", MagicOptionKind.Integer),
        .. SamplerArguments.Options,
        new("--run", "folder that keeps options, steps, rollouts and checkpoints; nothing is written when left out"),
        new("--resume", "go on with the run in --run from its last checkpoint", MagicOptionKind.Flag),
        new("--force", "resume although options, data or rewards differ from those the run began with", MagicOptionKind.Flag),
        new("--checkpoint-every", "steps between two checkpoints of a run", MagicOptionKind.Integer, Default: "10"),
        new(
            "--heldout",
            "of a run on disk: variable with samples to evaluate on, greedily, while training; the best weights are kept in the run's best/"
        ),
        new("--heldout-every", "steps between two evaluations", MagicOptionKind.Integer, Default: "10"),
        new("--background", "return at once and train as a job; `#!geo-job` attaches, waits and stops", MagicOptionKind.Flag),
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
    public string CSharp =>
        "var trainer = new GrpoTrainer(policy, train.Samples, s => RubricCatalogue.For(s.Task), new GrpoConfig { Steps = 40 }); trainer.Run()";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var policy = SessionArguments.PolicyToTrain(arguments, context);
        var config = Config(arguments);
        config.Validate();
        var samples = SessionArguments.Dataset(arguments, context).Samples;
        var rubrics = SessionArguments.Rubrics(arguments, context, samples);
        var options = RunOptions(arguments, context, policy, rubrics);
        if (!arguments.Flag("--background"))
        {
            Train(arguments, context, policy, samples, rubrics, config, options);
            return;
        }
        var job = JobBoard
            .Of(context)
            .Start(
                "grpo",
                $"{config.Steps} steps on {samples.Count} samples, {policy.Name}",
                context,
                background => Train(arguments, background, policy, samples, rubrics, config, options)
            );
        context.Host.Stream(StreamKind.Stdout, $"{job.Name} works in the background: `#!geo-job attach {job.Name}`, `wait` or `stop`\n");
    }

    private static void Train(
        MagicArguments arguments,
        CommandContext context,
        Policy policy,
        IReadOnlyList<Sample> samples,
        Func<Sample, Rubric> rubrics,
        GrpoConfig config,
        RunOptions options
    )
    {
        using var sampler = SamplerArguments.Read(arguments, context, policy);
        using var run = OnDisk(
            arguments,
            context,
            policy,
            samples,
            rubrics,
            config,
            options with
            {
                Sampler = sampler?.Name,
            },
            sampler?.Engine
        );
        using var trainer = run is null ? new GrpoTrainer(policy, samples, rubrics, config, sampler?.Engine) : null;
        List<StepRecord> records = run is { Trainer.StepsDone: > 0 } ? [.. RunFolder.ReadSteps(run.Path)] : [];
        var display = new TrainingDisplay(context.Host, records.Count, config.Steps);
        display.Show(records, records.Count > 0 ? $"resumed after step {records.Count}" : "starting");
        void After(StepRecord record)
        {
            records.Add(record);
            var rollouts = (run?.Trainer ?? trainer!).LatestRollouts;
            SessionArguments.ListFaults(rollouts.SelectMany(g => g.Judgements).Select(j => j.Reward), context);
            display.Show(records, rollouts);
        }
        try
        {
            if (run is not null)
                run.Run(After, context.Cancellation);
            else
                trainer!.Run(After, context.Cancellation);
            display.Show(records, "done");
        }
        catch (Exception e) when (e is OperationCanceledException or GeoVlmException)
        {
            display.Show(
                records,
                $"{(e is GeoVlmException ? "failed" : "stopped")} after step {records.Count}; '{policy.Name}' keeps what it learned"
                    + (run is null ? "" : $", and `--resume` goes on from {run.Path}")
            );
            throw;
        }
        finally
        {
            context.SetVariable(arguments.Required("--as"), records);
            sampler?.Leave(context);
            foreach (string warning in (run?.Warnings ?? []).Concat((run?.Trainer ?? trainer!).Notes))
                context.Host.Stream(StreamKind.Stderr, warning + "\n");
        }
    }

    private static GrpoRun? OnDisk(
        MagicArguments arguments,
        CommandContext context,
        Policy policy,
        IReadOnlyList<Sample> samples,
        Func<Sample, Rubric> rubrics,
        GrpoConfig config,
        RunOptions options,
        IRolloutEngine? engine
    )
    {
        bool resume = arguments.Flag("--resume");
        if (arguments.Text("--run") is not { } folder)
            return resume ? throw new GeoVlmException("--resume needs the run's folder: --run FOLDER") : null;
        string path = Path.GetFullPath(folder, context.WorkingFolder);
        return resume
            ? GrpoRun.Resume(path, policy, samples, rubrics, config, arguments.Flag("--force"), options, engine)
            : GrpoRun.Start(path, policy, samples, rubrics, config, options, engine);
    }

    private static RunOptions RunOptions(MagicArguments arguments, CommandContext context, Policy policy, Func<Sample, Rubric> rubrics)
    {
        var options = new RunOptions
        {
            CheckpointEvery = Math.Max(1, arguments.Integer("--checkpoint-every")!.Value),
            NotebookHash = context.Keep(() => new CellJournal()).Hash,
            Load = SessionArguments.Dataset(arguments, context).LoadedBy,
            Task = arguments.Text("--task"),
            RewardText = arguments.Text("--reward"),
        };
        if (arguments.Text("--heldout") is not { } name)
            return options;
        if (arguments.Text("--run") is null)
            throw new GeoVlmException("--heldout keeps the best weights in the run's folder, so it needs one: --run FOLDER");
        var samples = context.GetVariable<EoDataset>(name).Samples;
        var evaluation = SessionArguments.EvaluationOptions(policy, context) with
        {
            Rubrics = [.. samples.DistinctBy(s => s.Task).Select(rubrics)],
        };
        return options with
        {
            ScoreEvery = Math.Max(1, arguments.Integer("--heldout-every")!.Value),
            HeldOutScore = (trained, cancellation) =>
                Evaluator
                    .Evaluate(new TorchRolloutEngine(trained), samples, evaluation with { Cancellation = cancellation })
                    .Samples.Average(r => r.Judgement.Reward.Total),
        };
    }

    private static GrpoConfig Config(MagicArguments arguments)
    {
        var preset = GrpoPresets.Find(arguments.Required("--preset")).Config;
        return SamplerArguments.Correction(
            arguments,
            preset with
            {
                Steps = arguments.Integer("--steps") ?? preset.Steps,
                PromptsPerStep = arguments.Integer("--prompts") ?? preset.PromptsPerStep,
                GroupSize = arguments.Integer("--group") ?? preset.GroupSize,
                MaxCompletionTokens = arguments.Integer("--max-tokens") ?? preset.MaxCompletionTokens,
                Temperature = arguments.Number("--temperature") ?? preset.Temperature,
                LearningRate = arguments.Number("--lr") ?? preset.LearningRate,
                Schedule = arguments.Text("--schedule") ?? preset.Schedule,
                WarmupSteps = arguments.Integer("--warmup") ?? preset.WarmupSteps,
                Beta = arguments.Number("--beta") ?? preset.Beta,
                ClipLow = arguments.Number("--clip") ?? preset.ClipLow,
                ClipHigh = arguments.Number("--clip-high") ?? arguments.Number("--clip") ?? preset.ClipHigh,
                Loss = arguments.Text("--loss") ?? preset.Loss,
                Ratio = arguments.Text("--ratio") is { } ratio ? Enum.Parse<RatioLevel>(ratio, ignoreCase: true) : preset.Ratio,
                Advantage = arguments.Text("--advantage") ?? preset.Advantage,
                IterationsPerBatch = arguments.Integer("--iterations") ?? preset.IterationsPerBatch,
                Resamples = arguments.Integer("--resamples") ?? preset.Resamples,
                Order = arguments.Text("--order") is { } order
                    ? Enum.Parse<PromptOrdering>(order.Replace("-", ""), ignoreCase: true)
                    : preset.Order,
                GroupsPerMicroBatch = arguments.Integer("--micro-batch") ?? preset.GroupsPerMicroBatch,
                GradientCheckpointing = arguments.Flag("--checkpointing"),
                Train = arguments.Text("--train") is { } parts ? TrainedPartsNames.Parse(parts) : preset.Train,
                Seed = (ulong?)arguments.Integer("--seed") ?? preset.Seed,
            }
        );
    }
}
