using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning.Runs;

[Collection(RunsAlone.Name)]
public sealed class RunVerificationTests : IDisposable
{
    private static readonly GrpoConfig Small = new()
    {
        Steps = 3,
        PromptsPerStep = 2,
        GroupSize = 3,
        MaxCompletionTokens = 24,
        Seed = 5,
    };
    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("geovlm-verify").FullName, "run");
    private readonly IReadOnlyList<Sample> samples = TinyPolicy.Samples(6);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    private static Rubric RubricOf(Sample sample) => RubricCatalogue.For(sample.Task);

    private IReadOnlyList<VerifiedQuantity> Verify()
    {
        using var start = Policy.Load(Path.Combine(path, "base"));
        return RunVerification.Verify(RunSummary.Read(path), start, samples, RubricOf, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_run_is_equal_to_itself_and_a_changed_record_is_found()
    {
        using (var policy = TinyPolicy.Load())
        using (var run = GrpoRun.Start(path, policy, samples, RubricOf, Small))
            run.Run(cancellation: TestContext.Current.CancellationToken);
        var quantities = Verify();
        Assert.All(quantities, q => Assert.True(q.IsEqual, q.Name));
        Assert.All(
            ["reward", "loss", "kl", "grad_norm", "rewards/format", "completions", "weights"],
            name => Assert.Contains(quantities, q => q.Name == name)
        );
        Assert.Equal(3, quantities.Single(q => q.Name == "loss").Steps);

        string steps = Path.Combine(path, "steps.jsonl");
        string[] lines = File.ReadAllLines(steps);
        lines[1] = lines[1].Replace("\"entropy\":", "\"entropy\":1", StringComparison.Ordinal);
        File.WriteAllLines(steps, lines);
        var changed = Assert.Single(Verify(), q => !q.IsEqual);
        Assert.Equal(("entropy", 2), (changed.Name, changed.FirstDifference!.Value));
    }

    [Fact]
    public void Other_samples_are_refused()
    {
        using (var policy = TinyPolicy.Load())
        using (var run = GrpoRun.Start(path, policy, samples, RubricOf, Small with { Steps = 1 }))
            run.Run(cancellation: TestContext.Current.CancellationToken);
        using var start = Policy.Load(Path.Combine(path, "base"));
        Assert.Contains(
            "6 then, 5 now",
            Assert
                .Throws<GeoVlmException>(() =>
                    RunVerification.Verify(
                        RunSummary.Read(path),
                        start,
                        TinyPolicy.Samples(5),
                        RubricOf,
                        cancellation: TestContext.Current.CancellationToken
                    )
                )
                .Message
        );
    }
}
