using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;
using TorchSharp;

namespace GeoVlm.Tests.Learning;

[Collection(RunsAlone.Name)]
public class GrpoTrainerTests
{
    private static readonly GrpoConfig Small = new() { Steps = 3, PromptsPerStep = 4, GroupSize = 4, WarmupSteps = 1, Seed = 5 };

    private static Rubric RubricOf(Sample sample) => RubricCatalogue.For(sample.Task);

    private static List<StepRecord> Run(GrpoConfig config)
    {
        using var policy = TinyPolicy.Load();
        using var trainer = new GrpoTrainer(policy, TinyPolicy.Samples(16), RubricOf, config);
        return [.. trainer.Run(cancellation: TestContext.Current.CancellationToken)];
    }

    [Fact]
    public void The_first_step_is_on_policy()
    {
        var first = Run(Small with { Steps = 1 })[0];
        Assert.True(first.MaxLogProbDifference < 1e-4, $"log ratio {first.MaxLogProbDifference}");
        Assert.Equal(0, first.ClipRatio);
        Assert.Equal(0, first.Kl!.Value, 6);
    }

    [Fact]
    public void The_same_seed_gives_the_same_steps()
    {
        var none = new Dictionary<string, double>();
        StepRecord Timeless(StepRecord r) => r with { RolloutSeconds = 0, UpdateSeconds = 0, Rewards = none };
        Assert.Equal(Run(Small).Select(Timeless), Run(Small).Select(Timeless));
        Assert.NotEqual(Run(Small).Select(Timeless), Run(Small with { Seed = 6 }).Select(Timeless));
    }

    [Fact]
    public void A_rigged_reward_is_learned()
    {
        using var policy = TinyPolicy.Load();
        // Pays for boxes that begin far to the right, whatever is asked: a policy that follows its reward must drift there.
        var right = Reward.Define<BoxesAnswer>("right", (answer, _) => answer.Objects.Count == 1 ? Math.Clamp(answer.Objects[0].Box.X1 / 224, 0, 1) : 0);
        using var trainer = new GrpoTrainer(
            policy, TinyPolicy.Samples(32), s => RubricOf(s).WithRewards((right, 1)), Small with { Steps = 12, PromptsPerStep = 8, GroupSize = 8, LearningRate = 3e-4, Beta = 0 });
        var rewards = trainer.Run(cancellation: TestContext.Current.CancellationToken).Select(r => r.Reward).ToArray();
        Assert.True(rewards[^3..].Average() > rewards[..3].Average() + 0.05, string.Join(", ", rewards.Select(r => $"{r:0.000}")));
    }

    [Fact]
    public void An_interrupted_run_stops_within_two_seconds_and_keeps_its_steps()
    {
        using var policy = TinyPolicy.Load();
        using var cancel = new CancellationTokenSource();
        using var trainer = new GrpoTrainer(policy, TinyPolicy.Samples(16), RubricOf, Small with { Steps = 1000 });
        var clock = new Stopwatch();
        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Run(record =>
        {
            if (record.Step != 2) return;
            clock.Start();
            cancel.CancelAfter(50);
        }, cancel.Token));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
        Assert.True(trainer.StepsDone >= 2);
    }

    [Fact]
    public void No_tensor_outlives_a_step()
    {
        using var policy = TinyPolicy.Load();
        using var trainer = new GrpoTrainer(policy, TinyPolicy.Samples(16), RubricOf, Small);
        var counts = new List<long>();
        for (int i = 0; i < 6; i++)
        {
            trainer.Step(TestContext.Current.CancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            counts.Add(torch.Tensor.TotalCount);
        }
        Assert.True(counts[^1] <= counts[2], string.Join(", ", counts));
    }

    [Fact]
    public void Every_bad_option_is_reported_at_once()
    {
        string message = Assert.Throws<GeoVlmException>(() => new GrpoConfig { GroupSize = 1, Temperature = 0, Loss = "gpro" }.Validate()).Message;
        Assert.All(["GroupSize", "Temperature", "dr_grpo"], part => Assert.Contains(part, message));
    }
}
