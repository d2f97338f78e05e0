using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Ablations;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning.Ablations;

[Collection(RunsAlone.Name)]
public sealed class AblationTests : IDisposable
{
    private static readonly AblationArm Base = new(
        new GrpoConfig
        {
            Steps = 2,
            PromptsPerStep = 2,
            GroupSize = 3,
            MaxCompletionTokens = 24,
        },
        s => RubricCatalogue.For(s.Task)
    );
    private readonly string root = Directory.CreateTempSubdirectory("geovlm-ablation").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Finished_runs_are_kept_and_what_is_missing_is_run()
    {
        using var policy = TinyPolicy.Load();
        var plan = new AblationPlan
        {
            Start = policy,
            Train = TinyPolicy.Samples(6),
            HeldOut = TinyPolicy.Samples(4),
            Base = Base,
            Seeds = [1, 2],
            Factors =
            [
                AblationFactor.Option("beta", "0", "0.02"),
                AblationFactor.Of("method", ("grpo", arm => arm), ("sft", arm => arm with { Method = AblationMethod.Sft })),
            ],
        };
        int runs = 0;
        void Count(AblationProgress p) => runs += p is { Step: 0, Cell: not "" } ? 1 : 0;
        var first = new Ablation(plan, root).Run(Count, TestContext.Current.CancellationToken);
        Assert.Equal((8, 8, 8), (runs, first.Runs.Count, first.Planned));
        Assert.False(
            Directory.Exists(Path.Combine(root, "cells", "beta=0,method=grpo", "seed-1", "checkpoints")),
            "weights were not asked for"
        );

        File.Delete(Path.Combine(root, "cells", "beta=0.02,method=sft", "seed-2", "result.jsonl"));
        var again = new Ablation(plan, root).Run(Count, TestContext.Current.CancellationToken);
        Assert.Equal(9, runs);
        Assert.Equal(first.Runs.Select(r => (r.Cell.Name, r.Seed)), again.Runs.Select(r => (r.Cell.Name, r.Seed)));
        Assert.True(new FileInfo(Path.Combine(root, "ablation.parquet")).Length > 0);

        var effects = first.Effects;
        Assert.Null(effects[0].AgainstReference);
        Assert.Equal((2, 4), (effects[0].Seeds, effects[0].Samples));
        Assert.Contains(effects, e => e is { Cell.Name: "beta=0.02, method=grpo", Metric: not "reward", AgainstReference: not null });
        Assert.Contains(
            "the training samples",
            Assert
                .Throws<GeoVlmException>(() =>
                    new Ablation(plan with { Train = TinyPolicy.Samples(5) }, root).Run(cancellation: TestContext.Current.CancellationToken)
                )
                .Message
        );
    }

    [Fact]
    public void A_run_that_was_cut_off_goes_on()
    {
        using var policy = TinyPolicy.Load();
        var plan = new AblationPlan
        {
            Start = policy,
            Train = TinyPolicy.Samples(6),
            HeldOut = TinyPolicy.Samples(4),
            Base = Base,
            Seeds = [1],
            Factors = [],
            KeepWeights = true,
        };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new Ablation(plan, Path.Combine(root, "cut")).Run(
                p =>
                {
                    if (p.Step == 1)
                        stop.Cancel();
                },
                stop.Token
            )
        );
        var cut = new Ablation(plan, Path.Combine(root, "cut")).Run(cancellation: TestContext.Current.CancellationToken);
        var whole = new Ablation(plan, Path.Combine(root, "whole")).Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(whole.Runs[0].Rows, cut.Runs[0].Rows);
        Assert.Equal(
            File.ReadAllLines(Path.Combine(root, "whole/cells/base/seed-1/steps.jsonl")),
            File.ReadAllLines(Path.Combine(root, "cut/cells/base/seed-1/steps.jsonl"))
        );
    }

    [Fact]
    public void Every_problem_of_a_plan_is_named_before_anything_runs()
    {
        using var policy = TinyPolicy.Load();
        var plan = new AblationPlan
        {
            Start = policy,
            Train = TinyPolicy.Samples(2),
            HeldOut = [],
            Base = Base,
            Factors =
            [
                AblationFactor.Option("group", "1"),
                AblationFactor.Of("method", ("sft", arm => arm with { Method = AblationMethod.Sft })),
            ],
        };
        string message = Assert.Throws<GeoVlmException>(plan.Validate).Message;
        Assert.All(["no sample to evaluate", "control takes the seconds", "GroupSize is 1"], part => Assert.Contains(part, message));
    }

    [Fact]
    public void Effects_pair_samples_and_seeds()
    {
        var a = new AblationCell([("beta", "0")], Base);
        var b = new AblationCell([("beta", "1")], Base);
        AblationRun Run(AblationCell cell, ulong seed, double shift) =>
            new(cell, seed, a.Name, [.. Enumerable.Range(0, 40).Select(i => new AblationRow($"s{i}", "t", "m", i, i + shift))]);
        var effects = new AblationResult([Run(a, 1, 0.1), Run(a, 2, 0.2), Run(b, 1, 0.6), Run(b, 2, 0.7)], 4).Effects;
        Assert.Equal(0.15, effects[0].Change.Mean, 9);
        // The samples differ widely and the change does not: only pairing sees that.
        Assert.Equal((0.1, 0.2), (Math.Round(effects[0].Change.Low, 9), Math.Round(effects[0].Change.High, 9)));
        Assert.Equal(
            (0.5, 0.5, 0.5),
            (
                Math.Round(effects[1].AgainstReference!.Mean, 9),
                Math.Round(effects[1].AgainstReference!.Low, 9),
                Math.Round(effects[1].AgainstReference!.High, 9)
            )
        );
        Assert.True(effects[1].AgainstReference!.IsClear);
    }
}
