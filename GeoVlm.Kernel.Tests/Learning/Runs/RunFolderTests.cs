using GeoVlm.Learning;
using GeoVlm.Learning.Runs;

namespace GeoVlm.Tests.Learning.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("geovlm-run").FullName;

    private static StepRecord Record(int step) =>
        new()
        {
            Step = step,
            Reward = 0.25,
            RewardStd = 0.1,
            FracRewardZeroStd = 0,
            Rewards = new Dictionary<string, double> { ["iou"] = 0.2 },
            Kl = 0.01,
            Entropy = 0.5,
            Loss = -0.1,
            GradNorm = 1,
            ClipRatio = 0,
            MaxLogProbDifference = 1e-6,
            MeanLength = 12,
            LengthClippedRatio = 0,
            LearningRate = 1e-4,
            RolloutSeconds = 1,
            UpdateSeconds = 2,
            Tokens = 99,
        };

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Fact]
    public void Steps_are_read_back_with_their_timings()
    {
        using var run = RunFolder.Create(path);
        run.Append(Record(1), []);
        var read = Assert.Single(RunFolder.ReadSteps(path));
        Assert.Equal(Record(1) with { Rewards = read.Rewards }, read);
        Assert.Equal(0.2, read.Rewards["iou"]);
        Assert.DoesNotContain("seconds", File.ReadAllText(Path.Combine(path, "steps.jsonl")));
    }

    [Fact]
    public void A_line_that_a_killed_process_left_unfinished_is_left_out()
    {
        using var run = RunFolder.Create(path);
        for (int step = 1; step <= 3; step++)
            run.Append(Record(step), []);
        File.AppendAllText(Path.Combine(path, "steps.jsonl"), "{\"step\":4,\"rew");
        Assert.Equal([1, 2, 3], RunFolder.ReadSteps(path).Select(s => s.Step));
        run.CutAfter(2);
        Assert.Equal([1, 2], RunFolder.ReadSteps(path).Select(s => s.Step));
    }

    [Fact]
    public void A_run_is_neither_overwritten_nor_shared()
    {
        using (var run = RunFolder.Create(path))
        {
            run.Append(Record(1), []);
            Assert.Contains("another process", Assert.Throws<GeoVlmException>(() => RunFolder.Create(path)).Message);
        }
        Assert.Contains("earlier run of 1 steps", Assert.Throws<GeoVlmException>(() => RunFolder.Create(path)).Message);
        Assert.Contains("holds no run", Assert.Throws<GeoVlmException>(() => RunFolder.Open(path)).Message);
    }
}
