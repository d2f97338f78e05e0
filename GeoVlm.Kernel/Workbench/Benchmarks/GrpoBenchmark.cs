using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Synthetic;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using GeoVlm.Workbench.Commands;
using GeoVlm.Workbench.Jupyter;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>Whole GRPO steps on the tiny checkpoint: steps per minute, the share of
/// each phase, and whether memory stays where it is.</summary>
/// <remarks>The same step on a model of 82 M parameters, beside the reference implementation, is <c>bench model</c>.</remarks>
public sealed class GrpoBenchmark : IBenchmark
{
    private const int WarmUp = 3;

    /// <inheritdoc/>
    public string Name => "grpo";

    /// <inheritdoc/>
    public string Summary => "whole GRPO steps on the tiny checkpoint: steps per minute, share of each phase, memory";

    /// <inheritdoc/>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        int steps = quick ? 10 : 60;
        using var policy = Policy.Load(ModelFolder.Find(ModelFolder.Tiny, Environment.CurrentDirectory));
        var samples = SyntheticDataset
            .Create(
                new SyntheticOptions
                {
                    Split = "bench",
                    Count = 400,
                    Tasks = [EoTask.ReferredDetection],
                }
            )
            .Samples;
        using var trainer = new GrpoTrainer(policy, samples, s => RubricCatalogue.For(s.Task), new GrpoConfig { Steps = WarmUp + steps });
        progress(
            $"{WarmUp} steps to warm up, {steps} measured ({trainer.Config.PromptsPerStep} prompts × {trainer.Config.GroupSize} completions)"
        );
        for (int i = 0; i < WarmUp; i++)
            trainer.Step(cancellation);

        double rollout = 0,
            update = 0,
            judging = 0,
            images = 0,
            display = 0;
        long tokens = 0,
            memory = Environment.WorkingSet,
            tensors = TorchRuntime.LiveTensors;
        var records = new List<StepRecord>();
        var shown = new TrainingDisplay(new SilentCellHost(), 0, steps);
        int lanes = Lanes.For(policy.Model);
        for (int i = 0; i < steps; i++)
        {
            var record = trainer.Step(cancellation);
            records.Add(record);
            (rollout, update, tokens) = (rollout + record.RolloutSeconds, update + record.UpdateSeconds, tokens + record.Tokens);
            // Of the same step again, as the step does it: judging by one thread, pictures by each lane its own. Within a step they
            // run beside other work and cannot be told apart.
            var groups = trainer.LatestRollouts;
            judging += Seconds(() =>
            {
                foreach (var group in groups)
                    _ = RubricCatalogue
                        .For(group.Group.Prompt.Sample.Task)
                        .JudgeGroup([.. group.Group.Rollouts.Select(r => r.Text)], group.Group.Prompt.Sample, group.Group.Frame);
            });
            images += Seconds(() => Lanes.Run(groups, lanes, part => part.Select(g => policy.Encode(g.Group.Prompt)).ToArray()));
            display += Seconds(() => shown.Show(records, groups)); // which decides itself whether it is time for an update
        }
        double whole = rollout + update;
        Measurement Share(string what, double seconds, double? goal = null) =>
            new(
                $"share of {what}",
                seconds / whole,
                "of a step",
                goal is null ? "" : $"below {goal:0.00}",
                goal is null ? null : seconds / whole < goal
            );
        double drift = (Environment.WorkingSet - memory) / (double)memory;
        return
        [
            new("steps per minute", steps / whole * 60, "1/min", "", null),
            new("sampled tokens", tokens / rollout, "tokens/s of roll-out", "", null),
            Share("roll-out", rollout),
            Share("update", update),
            Share("rewards", judging),
            Share("decoding of images", images),
            Share("display", display),
            Share("rewards, decoding of images and display", judging + images + display, 0.05),
            new(
                "live tensors more after the measured steps",
                TorchRuntime.LiveTensors - tensors,
                "tensors",
                "0",
                TorchRuntime.LiveTensors == tensors
            ),
            new("resident memory more after the measured steps", drift, "of it", "below 0.02 over 300 steps", null),
        ];
    }

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
