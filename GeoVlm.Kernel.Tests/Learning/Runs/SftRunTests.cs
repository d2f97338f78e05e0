using GeoVlm.Data;
using GeoVlm.Learning;
using GeoVlm.Learning.Runs;
using GeoVlm.Models.Lora;
using GeoVlm.Rendering;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;
using GeoVlm.Tests.Workbench;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Learning.Runs;

[Collection(RunsAlone.Name)]
public sealed class SftRunTests : IDisposable
{
    private static readonly SftConfig Small = new()
    {
        Steps = 5,
        ImagesPerStep = 2,
        WarmupSteps = 1,
        LearningRate = 1e-3,
    };
    private static readonly RunOptions EveryTwo = new() { CheckpointEvery = 2 };
    private readonly string root = Directory.CreateTempSubdirectory("geovlm-sft").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string In(params string[] parts) => Path.Combine([root, .. parts]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_killed_fine_tuning_goes_on_bit_for_bit(bool adapter)
    {
        IReadOnlyList<Sample> samples = TinyPolicy.Samples(8);
        void Take(string run, bool resume, int until)
        {
            using var policy = TinyPolicy.Load();
            if (adapter && !resume)
                policy.AddAdapter(new LoraConfig { Rank = 4 }); // a resumed one takes it from the checkpoint
            var lessons = new DatasetLessons(policy, samples);
            using var kept = resume
                ? SftRun.Resume(In(run), policy, Small, "eight", options: EveryTwo)
                : SftRun.Start(In(run), policy, Small, "eight", EveryTwo);
            while (kept.Trainer.StepsDone < until)
                kept.Step(lessons.Rows(kept.Trainer.StepsDone));
            if (until == Small.Steps)
                kept.Save();
        }
        Take("whole", false, 5);
        Take("killed", false, 3); // the last checkpoint is of step 2
        Assert.Equal(3, SftRun.ReadSteps(In("killed")).Count);
        Take("killed", true, 5);
        foreach (
            string file in (string[])
                [
                    "steps.jsonl",
                    $"checkpoints/step-5/{(adapter ? LoraAdapter.WeightsFile : "model.safetensors")}",
                    "checkpoints/step-5/optimizer.safetensors",
                    "checkpoints/step-5/trainer.json",
                ]
        )
            Assert.True(
                File.ReadAllBytes(In("whole", file)).AsSpan().SequenceEqual(File.ReadAllBytes(In("killed", file))),
                $"{file} differs"
            );

        using var other = TinyPolicy.Load();
        string message = Assert
            .Throws<GeoVlmException>(() => SftRun.Resume(In("whole"), other, Small with { LearningRate = 1 }, "nine"))
            .Message;
        Assert.All(["Options.LearningRate was 0.001, now 1", "Data was \"eight\", now \"nine\""], part => Assert.Contains(part, message));
        Assert.Contains(
            "earlier run of 5 steps",
            Assert.Throws<GeoVlmException>(() => SftRun.Start(In("whole"), other, Small, "eight")).Message
        );
    }

    [Fact]
    public void The_command_keeps_a_run_resumes_it_with_its_scores_and_lists_it()
    {
        using var session = new Session(SharedFolder.Repository);
        var host = new RecordingHost();
        string? Error(string cell) => session.Execute(cell, host, Cancel).Error?.Message;
        Assert.Null(Error("#!geo-load synthetic --split train --count 6 --tasks referred-detection --quiet\n#!geo-model tiny"));
        string sft = $"#!geo-sft train --images 2 --eval train --eval-every 1 --patience 5 --run {In("sft")}";
        Assert.Contains("--run", Error("#!geo-sft train --steps 1 --resume"));
        Assert.Null(Error($"{sft} --steps 2 --checkpoint-every 1"));
        Assert.Contains("resume it", Error($"{sft} --steps 2"));
        Assert.Null(Error($"{sft} --steps 3 --resume"));
        Assert.Equal([1, 2, 3], SftRun.ReadSteps(In("sft")).Select(s => s.Step));
        Assert.Equal(3, File.ReadLines(In("sft", "heldout.jsonl")).Count());
        Assert.Null(Error($"#!geo-runs {root}"));
        Assert.Contains("fine-tuning", host.Displays.Last().Bundle.Data[MimeBundle.Text]);
        Assert.Contains("fine-tuning", Error($"#!geo-compare {In("sft")}"));
        Assert.Null(Error("#!geo-sft train --steps 2 --images 2 --background\n#!geo-job wait"));
    }
}
