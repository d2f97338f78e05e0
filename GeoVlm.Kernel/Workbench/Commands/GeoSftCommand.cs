using System.Diagnostics;
using GeoVlm.Learning;
using GeoVlm.Learning.Pretraining;
using GeoVlm.Rendering.Charts;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-sft</c>: more supervised fine-tuning on synthetic scenes, on clean or on weak labels: the control for a GRPO run.</summary>
public sealed class GeoSftCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-sft";

    /// <inheritdoc/>
    public string Summary => "fine-tune a policy on synthetic scenes with clean or weak labels, for some seconds or steps";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("--model", "variable with a policy, trained in place; the latest one when left out"),
        new("--labels", "clean: exact boxes, strict format; weak: boxes too large, formats mixed", Default: "weak") { Choices = ["clean", "weak"] },
        new("--seconds", "stop after this many seconds", MagicOptionKind.Number),
        new("--steps", "stop after this many steps", MagicOptionKind.Integer, Default: "100"),
        new("--lr", "learning rate, constant after warm-up", MagicOptionKind.Number, Default: "1e-4"),
        new("--scenes", "scenes to paint for it", MagicOptionKind.Integer, Default: "1000"),
        new("--seed", "seed of the scenes and questions", MagicOptionKind.Integer, Default: "1"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } = ["#!geo-model tiny", "#!geo-sft --labels weak --steps 2 --scenes 8"];

    /// <inheritdoc/>
    public string CSharp => "using var trainer = new SftTrainer(policy, new SftConfig { Steps = 100 }); trainer.Step(i => row)";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var policy = SessionArguments.Policy(arguments, context);
        int steps = arguments.Text("--seconds") is null ? arguments.Integer("--steps")!.Value : int.MaxValue;
        double seconds = arguments.Number("--seconds") ?? double.PositiveInfinity;
        int scenes = arguments.Integer("--scenes")!.Value;
        var lessons = SceneLessons.Paint(policy, (ulong)arguments.Integer("--seed")!.Value, scenes, Math.Max(1, scenes / 5));
        var records = new List<SftRecord>();
        var clock = Stopwatch.StartNew();
        using var trainer = new SftTrainer(policy, new SftConfig { Steps = steps, LearningRate = arguments.Number("--lr")!.Value, ConstantShare = 1 });
        while (trainer.StepsDone < steps && clock.Elapsed.TotalSeconds < seconds)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            records.Add(trainer.Step(lessons.Rows(trainer.StepsDone, arguments.Required("--labels") == "weak" ? LessonKind.Weak : LessonKind.Clean)));
        }
        context.Display(new LineChart(
            $"Fine-tuning on {arguments.Required("--labels")} labels: {records.Count} steps in {clock.Elapsed.TotalSeconds:0} s", "step", "negative log-likelihood per answer token",
            new ChartSeries("loss", [.. records.Select(r => new ChartPoint(r.Step, r.Loss))])));
    }
}
