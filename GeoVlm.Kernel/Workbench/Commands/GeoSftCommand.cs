using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Pretraining;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Workbench.Jobs;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-sft</c>: supervised fine-tuning on a dataset, or on synthetic scenes
/// with clean or weak labels (the control for a GRPO run).</summary>
public sealed class GeoSftCommand : IMagicCommand
{
    private static readonly SftConfig Defaults = new();

    /// <inheritdoc/>
    public string Name => "#!geo-sft";

    /// <inheritdoc/>
    public string Summary => "fine-tune a policy on the answers of a dataset, or on synthetic scenes, for some seconds or steps";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with the training samples; synthetic scenes when left out"),
        new("--model", "variable with a policy, trained in place; the latest one when left out"),
        new("--task", "only samples of this task") { Choices = EoTaskNames.All },
        SessionArguments.Lora,
        SessionArguments.Train,
        SessionArguments.Checkpointing,
        new("--weights", "weight of each task in the draw, \"referred-detection:2,image-caption:1\"; every sample alike when left out"),
        new("--labels", "of synthetic scenes: clean: exact boxes, strict format; weak: boxes too large, formats mixed", Default: "weak")
        {
            Choices = ["clean", "weak"],
        },
        new("--scenes", "synthetic scenes to paint", MagicOptionKind.Integer, Default: "1000"),
        new("--seconds", "stop after this many seconds", MagicOptionKind.Number),
        new("--steps", "stop after this many steps", MagicOptionKind.Integer, Default: $"{Defaults.Steps}"),
        new("--images", "images per step", MagicOptionKind.Integer, Default: $"{Defaults.ImagesPerStep}"),
        new("--micro-batch", "images per forward and backward pass; less memory, same result", MagicOptionKind.Integer),
        new("--lr", "peak learning rate", MagicOptionKind.Number, Default: "1e-4"),
        new("--warmup", "steps of linear warm-up", MagicOptionKind.Integer, Default: $"{Defaults.WarmupSteps}"),
        new(
            "--decay",
            "let the rate fall to a twentieth over the steps, along half a cosine; constant when left out",
            MagicOptionKind.Flag
        ),
        new("--loss", "nll, or dft: weighed by each token's own probability", Default: "nll") { Choices = ["nll", "dft"] },
        new("--smoothing", "label smoothing", MagicOptionKind.Number, Default: "0"),
        new("--eval", "variable with samples to evaluate on, greedily, while training"),
        new("--eval-every", "steps between two evaluations", MagicOptionKind.Integer, Default: "50"),
        new("--patience", "evaluations without a better one after which to stop; the best weights are kept", MagicOptionKind.Integer),
        new("--seed", "seed of the draw", MagicOptionKind.Integer, Default: "1"),
        new("--run", "folder that keeps options, losses and checkpoints; nothing is written when left out"),
        new("--resume", "go on with the fine-tuning in --run from its last checkpoint", MagicOptionKind.Flag),
        new("--force", "resume although options or data differ from those it began with", MagicOptionKind.Flag),
        new("--checkpoint-every", "steps between two checkpoints of a run", MagicOptionKind.Integer, Default: "50"),
        new("--background", "return at once and train as a job; `#!geo-job` attaches, waits and stops", MagicOptionKind.Flag),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-model tiny",
        "#!geo-sft --labels weak --steps 2 --scenes 8 --lora r=8",
        "#!geo-load synthetic --split train --count 8 --quiet",
        "#!geo-sft train --steps 2 --images 2 --eval train --eval-every 2",
    ];

    /// <inheritdoc/>
    public string CSharp =>
        "var sft = new SftTrainer(policy, new SftConfig { Steps = 100 }); sft.Step(new DatasetLessons(policy, train.Samples).Rows(0))";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var policy = SessionArguments.PolicyToTrain(arguments, context);
        int steps = arguments.Text("--seconds") is null ? arguments.Integer("--steps")!.Value : int.MaxValue;
        Config(arguments, steps).Validate();
        if (!arguments.Flag("--background"))
        {
            Train(arguments, context, policy, steps);
            return;
        }
        var job = JobBoard
            .Of(context)
            .Start("sft", $"fine-tuning of {policy.Name}", context, background => Train(arguments, background, policy, steps));
        context.Host.Stream(StreamKind.Stdout, $"{job.Name} works in the background: `#!geo-job attach {job.Name}`, `wait` or `stop`\n");
    }

    private static void Train(MagicArguments arguments, CommandContext context, Policy policy, int steps)
    {
        double seconds = arguments.Number("--seconds") ?? double.PositiveInfinity;
        var (rows, problems) = Lessons(arguments, context, policy);
        using var run = OnDisk(arguments, context, policy, Config(arguments, steps));
        using var own = run is null ? new SftTrainer(policy, Config(arguments, steps)) : null;
        var trainer = run?.Trainer ?? own!;
        var watch = arguments.Text("--eval") is { } name
            ? new Watch(policy, context.GetVariable<EoDataset>(name).Samples, run, arguments, context)
            : null;
        List<SftRecord> records = run is null ? [] : [.. SftRun.ReadSteps(run.Path)];
        var display = new SftDisplay(context.Host, steps, seconds, records.Count);
        try
        {
            while (trainer.StepsDone < steps && display.Elapsed.TotalSeconds < seconds && watch?.ShouldStop != true)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                records.Add(run is null ? trainer.Step(rows(trainer.StepsDone)) : run.Step(rows(trainer.StepsDone)));
                watch?.After(trainer.StepsDone);
                display.Show(records, watch?.Scores ?? []);
            }
        }
        catch (OperationCanceledException)
        {
            run?.Save();
            display.Show($"Fine-tuning: stopped after {records.Count} steps", records, watch?.Scores ?? []);
            throw;
        }
        run?.Save();
        string best = watch?.KeepBest() ?? "";
        display.Show($"Fine-tuning: {records.Count} steps in {display.Elapsed.TotalSeconds:0} s{best}", records, watch?.Scores ?? []);
        foreach (var (sample, what) in problems)
            context.Host.Stream(StreamKind.Stderr, $"{sample} was left out: {what}\n");
        foreach (string note in trainer.Notes.Concat(run?.Warnings ?? []))
            context.Host.Stream(StreamKind.Stderr, note + "\n");
    }

    private static SftRun? OnDisk(MagicArguments arguments, CommandContext context, Policy policy, SftConfig config)
    {
        bool resume = arguments.Flag("--resume");
        if (arguments.Text("--run") is not { } folder)
            return resume ? throw new GeoVlmException("--resume needs the run's folder: --run FOLDER") : null;
        string path = Path.GetFullPath(folder, context.WorkingFolder),
            seed = arguments.Required("--seed");
        var options = new RunOptions
        {
            CheckpointEvery = Math.Max(1, arguments.Integer("--checkpoint-every")!.Value),
            NotebookHash = context.Keep(() => new CellJournal()).Hash,
        };
        string data = arguments.Text("dataset") is null
            ? $"{arguments.Required("--scenes")} synthetic scenes, {arguments.Required("--labels")} labels, seed {seed}"
            : $"{SessionArguments.Dataset(arguments, context).Count} samples of SHA-256 {Fingerprint.Of(SessionArguments.Dataset(arguments, context).Samples)}, weights {arguments.Text("--weights") ?? "equal"}, seed {seed}";
        return resume
            ? SftRun.Resume(path, policy, config, data, arguments.Flag("--force"), options)
            : SftRun.Start(path, policy, config, data, options);
    }

    private static (Func<int, Func<int, SftRow>> Rows, IReadOnlyDictionary<string, string> Problems) Lessons(
        MagicArguments arguments,
        CommandContext context,
        Policy policy
    )
    {
        ulong seed = (ulong)arguments.Integer("--seed")!.Value;
        if (arguments.Text("dataset") is not null)
        {
            var lessons = new DatasetLessons(
                policy,
                SessionArguments.Dataset(arguments, context).Samples,
                new DatasetLessonOptions { Seed = seed, TaskWeights = Weights(arguments.Text("--weights")) }
            );
            return (lessons.Rows, lessons.Problems);
        }
        int scenes = arguments.Integer("--scenes")!.Value;
        var painted = SceneLessons.Paint(policy, seed, scenes, Math.Max(1, scenes / 5));
        var kind = arguments.Required("--labels") == "weak" ? LessonKind.Weak : LessonKind.Clean;
        return (step => painted.Rows(step, kind), new Dictionary<string, string>());
    }

    private static SftConfig Config(MagicArguments arguments, int steps) =>
        new()
        {
            Steps = steps,
            ImagesPerStep = arguments.Integer("--images")!.Value,
            ImagesPerMicroBatch = arguments.Integer("--micro-batch"),
            LearningRate = arguments.Number("--lr")!.Value,
            WarmupSteps = arguments.Integer("--warmup")!.Value,
            ConstantShare = arguments.Flag("--decay") ? 0 : 1,
            Loss = Enum.Parse<AnswerLossKind>(arguments.Required("--loss"), ignoreCase: true),
            GradientCheckpointing = arguments.Flag("--checkpointing"),
            Train = TrainedPartsNames.Parse(arguments.Text("--train") ?? "all"),
            LabelSmoothing = arguments.Number("--smoothing")!.Value,
        };

    private static Dictionary<EoTask, double> Weights(string? text) =>
        (text ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part =>
            {
                string[] pair = part.Split(':', 2);
                return pair.Length == 2 && double.TryParse(pair[1], CultureInfo.InvariantCulture, out double weight)
                    ? (Task: EoTaskNames.Parse(pair[0]), weight)
                    : throw new GeoVlmException($"'{part}' is no weight; write task:number, for example referred-detection:2");
            })
            .ToDictionary(p => p.Task, p => p.weight);

    /// <summary>Evaluates now and then, remembers the best weights, and says when to stop.</summary>
    private sealed class Watch
    {
        private readonly Policy policy;
        private readonly IReadOnlyList<Sample> samples;
        private readonly SftRun? run;
        private readonly CommandContext context;
        private readonly int every;
        private readonly EarlyStop? stop;
        private readonly List<(int Step, double Reward)> scores = [];
        private Policy? best;

        public Watch(Policy policy, IReadOnlyList<Sample> samples, SftRun? run, MagicArguments arguments, CommandContext context)
        {
            (this.policy, this.samples, this.run, this.context) = (policy, samples, run, context);
            every = Math.Max(1, arguments.Integer("--eval-every")!.Value);
            stop = arguments.Integer("--patience") is { } patience ? new EarlyStop(Math.Max(1, patience)) : null;
            foreach (var score in run?.Scores ?? [])
            {
                scores.Add((score.Step, score.Score));
                stop?.Add(score.Score);
            }
        }

        public IReadOnlyList<(int Step, double Reward)> Scores => scores;

        public bool ShouldStop => stop?.ShouldStop == true;

        public void After(int step)
        {
            if (step % every != 0)
                return;
            double reward = Evaluator
                .Evaluate(new TorchRolloutEngine(policy), samples, SessionArguments.EvaluationOptions(policy, context))
                .Samples.Average(r => r.Judgement.Reward.Total);
            scores.Add((step, reward));
            run?.Score(reward);
            if (stop is null)
                return;
            stop.Add(reward);
            if (!stop.IsBest || run is not null)
                return; // a run has the best weights on disk
            best?.Dispose();
            best = policy.Copy();
        }

        public string KeepBest()
        {
            if (stop is null || scores.Count == 0)
                return "";
            run?.TakeBest();
            if (best is not null)
                policy.CopyWeightsFrom(best);
            best?.Dispose();
            return $"; kept the best weights, of step {scores.MaxBy(s => s.Reward).Step}";
        }
    }
}
