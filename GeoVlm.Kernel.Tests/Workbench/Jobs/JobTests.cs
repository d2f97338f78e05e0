using System.Diagnostics;
using GeoVlm.Rendering;
using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench.Jobs;

[Collection(RunsAlone.Name)]
public sealed class JobTests : IDisposable
{
    private readonly Session session = new(SharedFolder.Repository);

    public void Dispose() => session.Dispose();

    private RecordingHost Run(string cell)
    {
        var host = new RecordingHost();
        var result = session.Execute(cell, host, TestContext.Current.CancellationToken);
        Assert.Equal((CellStatus.Ok, null), (result.Status, result.Error?.Message));
        return host;
    }

    [Fact]
    public void A_training_goes_on_after_its_cell_and_can_be_attached_stopped_and_used()
    {
        Run("#!geo-load synthetic --count 8 --tasks referred-detection --quiet\n#!geo-model tiny");
        var clock = Stopwatch.StartNew();
        var first = Run("#!geo-grpo train --steps 500 --prompts 2 --group 2 --background");
        Assert.True(clock.Elapsed < Deadlines.Prompt, $"the cell took {clock.Elapsed}"); // 500 steps take minutes
        Assert.Contains("#!geo-job attach grpo-1", first.Out);

        while (first.Displays.Count < 3)
            Thread.Sleep(20); // its display is kept up to date while other cells run
        Assert.Equal("2", Evaluate("1 + 1"));
        string id = first.Displays.First().Id!;
        var attached = Run("#!geo-job attach");
        Assert.Equal((id, false), (attached.Displays.First().Id, attached.Displays.First().IsUpdate));
        while (!attached.Displays.Any(d => d.IsUpdate))
            Thread.Sleep(20);
        Assert.Contains("running", Run("#!geo-job list").Displays.Single().Bundle.Data[MimeBundle.Text]);

        Assert.Contains("grpo-1: stopped", Run("#!geo-job stop grpo-1").Out);
        Assert.Contains("keeps what it learned", attached.Displays.Last().Bundle.Data[MimeBundle.Text]);
        Assert.Equal("True", Evaluate("steps.Count > 0"));
    }

    [Fact]
    public void A_job_that_fails_says_why()
    {
        Run("#!geo-load synthetic --count 4 --tasks referred-detection --quiet\n#!geo-model tiny");
        Run(
            "var faulty = Reward.Define<BoxesAnswer>(\"faulty\", (answer, reference) => throw new Exception(\"no such luck\"));\n#!geo-grpo train --steps 1 --prompts 2 --group 2 --reward faulty:1 --run /dev/null/run --background"
        );
        var waited = Run("#!geo-job wait");
        Assert.Contains("failed", waited.Err);
        Assert.Contains("/dev/null/run", waited.Err);
    }

    [Fact]
    public void A_session_that_ends_stops_its_jobs_and_they_write_their_checkpoints()
    {
        string folder = Path.Combine(Directory.CreateTempSubdirectory("geovlm-job").FullName, "run");
        Run("#!geo-load synthetic --count 8 --tasks referred-detection --quiet\n#!geo-model tiny");
        var host = Run($"#!geo-grpo train --steps 500 --prompts 2 --group 2 --checkpoint-every 500 --run {folder} --background");
        while (host.Displays.Count < 2)
            Thread.Sleep(20);
        session.Dispose();
        Assert.Contains(Directory.EnumerateDirectories(Path.Combine(folder, "checkpoints")), f => Path.GetFileName(f) != "step-0");
        Assert.True(File.Exists(Path.Combine(folder, "rollouts.parquet")));
    }

    private string? Evaluate(string code) =>
        session.Execute(code, new RecordingHost(), TestContext.Current.CancellationToken).Value?.Data[MimeBundle.Text];
}
