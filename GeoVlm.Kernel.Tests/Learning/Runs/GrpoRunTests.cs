using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning.Runs;

[Collection(RunsAlone.Name)]
public sealed class GrpoRunTests : IDisposable
{
    private static readonly GrpoConfig Small = new()
    {
        Steps = 5,
        PromptsPerStep = 3,
        GroupSize = 4,
        MaxCompletionTokens = 24,
        WarmupSteps = 2,
        Seed = 5,
    };
    private static readonly RunOptions EveryTwo = new() { CheckpointEvery = 2 };
    private readonly string root = Directory.CreateTempSubdirectory("geovlm-runs").FullName;
    private readonly IReadOnlyList<Sample> samples = TinyPolicy.Samples(8);

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static Rubric RubricOf(Sample sample) => RubricCatalogue.For(sample.Task);

    private string In(params string[] parts) => Path.Combine([root, .. parts]);

    [Theory]
    [InlineData(NumberType.Float32)]
    [InlineData(NumberType.BFloat16)]
    public void A_killed_run_goes_on_bit_for_bit(NumberType type)
    {
        using (var policy = TinyPolicy.Load(type))
        using (var run = GrpoRun.Start(In("whole"), policy, samples, RubricOf, Small, EveryTwo))
            run.Run(cancellation: TestContext.Current.CancellationToken);

        // Killed in step 4: steps 1 to 3 are on disk, the last checkpoint is of step 2.
        using (var policy = TinyPolicy.Load(type))
        using (var run = GrpoRun.Start(In("killed"), policy, samples, RubricOf, Small, EveryTwo))
            Assert.Throws<InvalidOperationException>(() =>
                run.Run(
                    record =>
                    {
                        if (record.Step == 3)
                            throw new InvalidOperationException("killed");
                    },
                    TestContext.Current.CancellationToken
                )
            );
        Assert.Equal(3, RunFolder.ReadSteps(In("killed")).Count);

        using (var policy = TinyPolicy.Load(type))
        using (var run = GrpoRun.Resume(In("killed"), policy, samples, RubricOf, options: EveryTwo))
        {
            Assert.Equal(2, run.Trainer.StepsDone);
            Assert.Equal([3, 4, 5], run.Run(cancellation: TestContext.Current.CancellationToken).Select(r => r.Step));
        }
        foreach (
            string file in (string[])
                [
                    "steps.jsonl",
                    "rollouts.jsonl",
                    "checkpoints/step-5/model.safetensors",
                    "checkpoints/step-5/optimizer.safetensors",
                    "checkpoints/step-5/trainer.json",
                ]
        )
            Assert.True(
                File.ReadAllBytes(In("whole", file)).AsSpan().SequenceEqual(File.ReadAllBytes(In("killed", file))),
                $"{file} differs"
            );
        Assert.Equal(["step-4", "step-5"], Directory.EnumerateDirectories(In("killed", "checkpoints")).Select(Path.GetFileName).Order());
        var kept = RunFolder.ReadRollouts(In("whole"), 4);
        Assert.Equal(12, kept.Count);
        Assert.Equal(0, kept.Where(r => r.Group == 1).Sum(r => r.Advantage), 4);
    }

    [Fact]
    public void A_run_with_an_adapter_keeps_only_that_and_goes_on_bit_for_bit()
    {
        var config = Small with { Steps = 3, PromptsPerStep = 2, IterationsPerBatch = 2 };
        var lora = new LoraConfig { Rank = 4 };
        using (var policy = TinyPolicy.Load())
        {
            policy.AddAdapter(lora);
            using var run = GrpoRun.Start(In("whole"), policy, samples, RubricOf, config, EveryTwo);
            Assert.True(run.Run(cancellation: TestContext.Current.CancellationToken)[^1].Kl > 0);
        }
        using (var policy = TinyPolicy.Load())
        {
            policy.AddAdapter(lora);
            using var run = GrpoRun.Start(In("killed"), policy, samples, RubricOf, config, EveryTwo);
            Assert.Throws<InvalidOperationException>(() =>
                run.Run(
                    record =>
                    {
                        if (record.Step == 2)
                            throw new InvalidOperationException("killed");
                    },
                    TestContext.Current.CancellationToken
                )
            );
        }
        using (var policy = TinyPolicy.Load()) // its adapter comes from the run
        using (var run = GrpoRun.Resume(In("killed"), policy, samples, RubricOf, options: EveryTwo))
            run.Run(cancellation: TestContext.Current.CancellationToken);
        foreach (
            string file in (string[])
                ["steps.jsonl", "checkpoints/step-3/adapter_model.safetensors", "checkpoints/step-3/optimizer.safetensors"]
        )
            Assert.True(
                File.ReadAllBytes(In("whole", file)).AsSpan().SequenceEqual(File.ReadAllBytes(In("killed", file))),
                $"{file} differs"
            );
        Assert.False(File.Exists(In("whole", "checkpoints/step-3/model.safetensors")));
        using var adapted = Policy.Load(In("whole", "checkpoints/step-3")); // finds its base model by itself
        Assert.Equal(4, adapted.Model.Adapter!.Config.Rank);
    }

    [Fact]
    public void Other_options_are_refused_with_what_differs_unless_forced()
    {
        using var policy = TinyPolicy.Load();
        var one = Small with { Steps = 1 };
        using (var run = GrpoRun.Start(In("run"), policy, samples, RubricOf, one))
            run.Run(cancellation: TestContext.Current.CancellationToken);
        string message = Assert
            .Throws<GeoVlmException>(() =>
                GrpoRun.Resume(In("run"), policy, [.. samples.Take(7)], RubricOf, one with { Beta = 0.5, Steps = 2 })
            )
            .Message;
        Assert.All(["Options.Beta was 0.02, now 0.5", "Samples was 8, now 7"], part => Assert.Contains(part, message));
        Assert.DoesNotContain("Options.Steps", message);
        using var forced = GrpoRun.Resume(In("run"), policy, samples, RubricOf, one with { Beta = 0.5, Steps = 2 }, force: true);
        Assert.Equal(2, Assert.Single(forced.Run(cancellation: TestContext.Current.CancellationToken)).Step);
    }

    [Fact]
    public void A_damaged_checkpoint_and_one_of_another_model_are_named()
    {
        using var policy = TinyPolicy.Load();
        var config = Small with { Steps = 1, PromptsPerStep = 1, GroupSize = 2 };
        using (var run = GrpoRun.Start(In("run"), policy, samples, RubricOf, config))
            run.Run(cancellation: TestContext.Current.CancellationToken);
        string file = In("run", "checkpoints", "step-1", "model.safetensors");
        byte[] whole = File.ReadAllBytes(file);
        string Problem() => Assert.Throws<GeoVlmException>(() => GrpoRun.Resume(In("run"), policy, samples, RubricOf)).Message;

        File.WriteAllBytes(file, whole[..(whole.Length / 2)]);
        Assert.Contains(file, Problem());
        File.WriteAllBytes(file, whole);
        using (TorchSharp.torch.NewDisposeScope())
            SafetensorsWriter.Write(
                file,
                policy.Parameters.Select((p, i) => (p.Name, i == 3 ? TorchSharp.torch.zeros(2, 5) : (TorchSharp.torch.Tensor)p.Tensor))
            );
        Assert.Contains("of another model", Problem());
        Assert.Contains("[2, 5]", Problem()); // and the lock of the first try is free again
        File.Delete(file);
        Assert.Contains(file, Problem());
    }

    [Fact]
    public void A_stopped_run_leaves_a_checkpoint_of_its_last_step()
    {
        using var policy = TinyPolicy.Load();
        using var stop = new CancellationTokenSource();
        using (var run = GrpoRun.Start(In("run"), policy, samples, RubricOf, Small))
            Assert.ThrowsAny<OperationCanceledException>(() => run.Run(_ => stop.Cancel(), stop.Token));
        Assert.Equal(In("run", "checkpoints", "step-1"), Directory.EnumerateDirectories(In("run", "checkpoints")).Order().Last());
        using var saved = Policy.Load(In("run", "checkpoints", "step-1"));
        Assert.Equal(policy.Model.ParameterCount, saved.Model.ParameterCount);
    }

    [Fact]
    public void A_run_that_cannot_be_written_goes_on_and_says_so()
    {
        using var policy = TinyPolicy.Load();
        using var run = GrpoRun.Start(In("run"), policy, samples, RubricOf, Small with { Steps = 1 });
        File.Delete(In("run", "steps.jsonl"));
        Directory.CreateDirectory(In("run", "steps.jsonl")); // appending to a folder fails like a full disk
        Assert.Single(run.Run(cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("steps.jsonl", Assert.Single(run.Warnings));
    }

    [Fact]
    public void A_run_that_was_killed_before_its_first_checkpoint_can_begin_again()
    {
        using var policy = TinyPolicy.Load();
        Directory.CreateDirectory(In("run", "checkpoints", "step-0.new"));
        File.WriteAllText(In("run", "config.json"), "{");
        using var run = GrpoRun.Start(In("run"), policy, samples, RubricOf, Small with { Steps = 1 });
        Assert.Single(run.Run(cancellation: TestContext.Current.CancellationToken));
        var summary = RunSummary.Read(In("run"));
        Assert.Equal((RunState.Running, 1), (summary.State, summary.Steps.Count));
        run.Dispose();
        Assert.Equal(RunState.Finished, RunSummary.Read(In("run")).State);
        Assert.Equal([In("run")], RunSummary.Find(root));
    }

    [Fact]
    public void The_best_weights_on_held_out_samples_are_kept()
    {
        using var policy = TinyPolicy.Load();
        double[] scores = [0.2, 0.9, 0.4];
        int asked = 0;
        var options = new RunOptions
        {
            ScoreEvery = 1,
            CheckpointEvery = 1,
            KeepCheckpoints = 5,
            HeldOutScore = (_, _) => scores[asked++],
        };
        using (var run = GrpoRun.Start(In("run"), policy, samples, RubricOf, Small with { Steps = 3 }, options))
            run.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            scores,
            File.ReadLines(In("run", "heldout.jsonl"))
                .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("score").GetDouble())
        );
        Assert.Equal(
            File.ReadAllBytes(In("run", "checkpoints", "step-2", "model.safetensors")),
            File.ReadAllBytes(In("run", "best", "model.safetensors"))
        );
    }
}
