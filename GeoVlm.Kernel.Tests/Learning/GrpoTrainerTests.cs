using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;
using TorchSharp;

namespace GeoVlm.Tests.Learning;

[Collection(RunsAlone.Name)]
public class GrpoTrainerTests
{
    private static readonly GrpoConfig Small = new()
    {
        Steps = 3,
        PromptsPerStep = 4,
        GroupSize = 4,
        WarmupSteps = 1,
        Seed = 5,
    };

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
    public void A_step_decodes_each_picture_once_and_keeps_no_encoded_prompt()
    {
        int decoded = 0;
        var samples = TinyPolicy
            .Samples(4)
            .Select(s =>
                s with
                {
                    Images =
                    [
                        .. s.Images.Select(i =>
                            i with
                            {
                                Load = () =>
                                {
                                    Interlocked.Increment(ref decoded);
                                    return i.Load();
                                },
                            }
                        ),
                    ],
                }
            )
            .ToArray();
        using var policy = TinyPolicy.Load();
        using var trainer = new GrpoTrainer(policy, samples, RubricOf, Small with { Steps = 1 });
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(4, decoded);
        Assert.All(trainer.LatestRollouts, g => Assert.Null(g.Group.Encoded));
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
    public void The_same_seed_gives_the_same_weights_also_where_two_lanes_add_up_several_micro_batches()
    {
        var config = Small with { PromptsPerStep = 6, GroupsPerMicroBatch = 2, Steps = 2 };
        string Weights()
        {
            using var policy = TinyPolicy.Load();
            using var trainer = new GrpoTrainer(policy, TinyPolicy.Samples(16), RubricOf, config);
            trainer.Run(cancellation: TestContext.Current.CancellationToken);
            return Fingerprint.Of(policy);
        }
        Assert.Single(Enumerable.Range(0, 4).Select(_ => Weights()).Distinct());
    }

    [Theory]
    [InlineData(NumberType.Float32)]
    [InlineData(NumberType.BFloat16)]
    public void A_rigged_reward_is_learned(NumberType type)
    {
        using var policy = TinyPolicy.Load(type);
        // Pays for boxes that begin far to the right, whatever is asked: a policy that follows its reward must drift there.
        var right = Reward.Define<BoxesAnswer>(
            "right",
            (answer, _) => answer.Objects.Count == 1 ? Math.Clamp(answer.Objects[0].Box.X1 / 224, 0, 1) : 0
        );
        using var trainer = new GrpoTrainer(
            policy,
            TinyPolicy.Samples(32),
            s => RubricOf(s).WithRewards((right, 1)),
            Small with
            {
                Steps = 12,
                PromptsPerStep = 8,
                GroupSize = 8,
                LearningRate = 3e-4,
                Beta = 0,
            }
        );
        var rewards = trainer.Run(cancellation: TestContext.Current.CancellationToken).Select(r => r.Reward).ToArray();
        Assert.True(rewards[^3..].Average() > rewards[..3].Average() + 0.05, string.Join(", ", rewards.Select(r => $"{r:0.000}")));
    }

    [Fact]
    public void An_interrupted_run_stops_promptly_and_keeps_its_steps()
    {
        using var policy = TinyPolicy.Load();
        using var cancel = new CancellationTokenSource();
        using var trainer = new GrpoTrainer(policy, TinyPolicy.Samples(16), RubricOf, Small with { Steps = 1000 });
        var clock = new Stopwatch();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            trainer.Run(
                record =>
                {
                    if (record.Step != 2)
                        return;
                    clock.Start();
                    cancel.CancelAfter(50);
                },
                cancel.Token
            )
        );
        Assert.True(clock.Elapsed < Deadlines.Prompt, $"took {clock.Elapsed}");
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
    public void Micro_batches_change_nothing_beyond_rounding()
    {
        var whole = Run(Small with { Steps = 1 })[0];
        var split = Run(Small with { Steps = 1, GroupsPerMicroBatch = 1 })[0];
        Assert.Equal(whole.Loss, split.Loss, 5);
        Assert.Equal(whole.GradNorm, split.GradNorm, whole.GradNorm * 1e-4);
        Assert.Equal(whole.Reward, split.Reward);
    }

    [Theory]
    [InlineData("grpo", "group", RatioLevel.Sequence)]
    [InlineData("dr_grpo", "mean", RatioLevel.Token)]
    [InlineData("bnpo", "batch", RatioLevel.Token)]
    [InlineData("cispo", "rloo", RatioLevel.Token)]
    [InlineData("sapo", "gdpo", RatioLevel.Token)]
    [InlineData("vespo", "group", RatioLevel.Token)]
    public void Every_loss_and_advantage_trains_and_is_on_policy_first(string loss, string advantage, RatioLevel ratio)
    {
        var records = Run(
            Small with
            {
                Steps = 1,
                PromptsPerStep = 2,
                IterationsPerBatch = 2,
                Loss = loss,
                Advantage = advantage,
                Ratio = ratio,
                ClipHigh = loss == "cispo" ? 5 : 0.2,
            }
        );
        Assert.True(records[0].MaxLogProbDifference < 1e-4);
        Assert.True(
            double.IsFinite(records[0].GradNorm) && records[0].MaxRatio > records[0].MinRatio,
            $"ratios {records[0].MinRatio} to {records[0].MaxRatio}"
        ); // the second update is off-policy
    }

    [Fact]
    public void Groups_of_equal_rewards_are_replaced_and_a_hopeless_dataset_still_ends()
    {
        using var policy = TinyPolicy.Load();
        var never = Reward.Define("never", (_, _) => 0);
        using var hopeless = new GrpoTrainer(
            policy,
            TinyPolicy.Samples(16),
            s => RubricOf(s).WithRewards((never, 1)),
            Small with
            {
                Resamples = 2,
                PromptsPerStep = 2,
            }
        );
        Assert.Equal(1, hopeless.Step(TestContext.Current.CancellationToken).FracRewardZeroStd);

        var strict = new Dictionary<string, int>(); // the first two prompts pay all alike, later ones do not
        var pays = Reward.Define("pays", (answer, _) => Math.Clamp(((BoxesAnswer)answer).Objects.Sum(o => o.Box.X1) / 1000, 0, 1));
        using var trainer = new GrpoTrainer(
            policy,
            TinyPolicy.Samples(16),
            s => RubricOf(s).WithRewards((strict.TryAdd(s.Id, strict.Count) && strict.Count <= 2 || strict[s.Id] < 2 ? never : pays, 1)),
            Small with
            {
                Resamples = 3,
                PromptsPerStep = 2,
            }
        );
        Assert.True(trainer.Step(TestContext.Current.CancellationToken).FracRewardZeroStd < 0.6);
    }

    [Fact]
    public void A_reference_that_moves_every_step_wholly_keeps_the_KL_at_nought()
    {
        var frozen = Run(Small with { Steps = 3, LearningRate = 1e-3 });
        var moving = Run(Small with { Steps = 3, LearningRate = 1e-3, SyncReferenceEvery = 1, SyncReferenceShare = 1 });
        Assert.True(frozen[^1].Kl > 1e-4, $"KL {frozen[^1].Kl}");
        Assert.Equal(0, moving[^1].Kl!.Value, 6);
    }

    [Fact]
    public void Presets_can_all_work() => Assert.All(GrpoPresets.All, p => p.Config.Validate());

    [Fact]
    public void Every_bad_option_is_reported_at_once()
    {
        string message = Assert
            .Throws<GeoVlmException>(() =>
                new GrpoConfig
                {
                    GroupSize = 1,
                    Temperature = 0,
                    Loss = "gpro",
                }.Validate()
            )
            .Message;
        Assert.All(["GroupSize", "Temperature", "dr_grpo"], part => Assert.Contains(part, message));
    }
}
