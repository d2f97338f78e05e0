using GeoVlm.Learning;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning.Runs;

public class RunFolderTests
{
    [Fact]
    public void Steps_and_checkpoint_are_read_back()
    {
        string path = Directory.CreateTempSubdirectory("geovlm-run").FullName;
        var run = new RunFolder(path, new GrpoConfig());
        var record = new StepRecord
        {
            Step = 1, Reward = 0.25, RewardStd = 0.1, FracRewardZeroStd = 0, Rewards = new Dictionary<string, double> { ["iou"] = 0.2 }, Kl = 0.01, Entropy = 0.5, Loss = -0.1,
            GradNorm = 1, ClipRatio = 0, MaxLogProbDifference = 1e-6, MeanLength = 12, LengthClippedRatio = 0, LearningRate = 1e-4, RolloutSeconds = 1, UpdateSeconds = 2, Tokens = 99,
        };
        run.Append(record);
        var read = Assert.Single(RunFolder.ReadSteps(path));
        Assert.Equal(record with { Rewards = read.Rewards }, read);
        Assert.Equal(0.2, read.Rewards["iou"]);
        Assert.Contains("earlier run of 1 steps", Assert.Throws<GeoVlmException>(() => new RunFolder(path, new GrpoConfig())).Message);

        using var policy = TinyPolicy.Load();
        run.SaveCheckpoint(policy);
        run.SaveCheckpoint(policy);
        using var again = Policy.Load(run.CheckpointFolder);
        Assert.Equal(policy.Model.ParameterCount, again.Model.ParameterCount);
        Assert.Equal(policy.Encoder.Options, again.Encoder.Options);
        Assert.Equal(["checkpoint", "config.json", "steps.jsonl"], Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Order());
        Directory.Delete(path, recursive: true);
    }
}
