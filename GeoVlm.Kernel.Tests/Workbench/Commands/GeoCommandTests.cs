using System.Diagnostics;
using GeoVlm.Rendering;
using GeoVlm.Tests.Data.Readers;
using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench.Commands;

public class GeoCommandTests
{
    private static Session Started(out RecordingHost host)
    {
        var session = new Session(SharedFolder.Repository);
        host = new RecordingHost();
        var result = session.Execute(
            "#!geo-load synthetic --count 24 --tasks referred-detection --quiet\n#!geo-model tiny",
            host,
            TestContext.Current.CancellationToken
        );
        Assert.Equal((CellStatus.Ok, null), (result.Status, result.Error?.Message));
        return session;
    }

    [Fact]
    public void An_interrupted_training_stops_promptly_and_the_session_lives_on()
    {
        using var session = Started(out var host);
        using var cancel = new CancellationTokenSource();
        var clock = new Stopwatch();
        var watch = Task.Run(
            async () =>
            {
                while (host.Displays.Count(d => d.IsUpdate) < 2)
                    await Task.Delay(20);
                clock.Start();
                await cancel.CancelAsync();
            },
            TestContext.Current.CancellationToken
        );
        var result = session.Execute("#!geo-grpo train --steps 500 --prompts 4 --group 4", host, cancel.Token);
        Assert.Equal(CellStatus.Interrupted, result.Status);
        Assert.True(clock.Elapsed < Deadlines.Prompt, $"took {clock.Elapsed}");
        Assert.True(watch.IsCompletedSuccessfully);
        Assert.Contains("keeps what it learned", host.Displays.Last().Bundle.Data[MimeBundle.Text]);
        var next = session.Execute("steps.Count >= 2", host, TestContext.Current.CancellationToken);
        Assert.Equal((CellStatus.Ok, "True"), (next.Status, next.Value?.Data[MimeBundle.Text]));
    }

    [Theory]
    [InlineData("#!geo-grpo train --steps 1 --reward iuo:1", "'iou'")]
    [InlineData("#!geo-load synthetic --tasks reffered-detection", "'referred-detection'")]
    [InlineData("#!geo-load no/such/folder", "no/such")]
    [InlineData("#!geo-grpo train --group 1", "siblings")]
    [InlineData("#!geo-eval nothing", "train")]
    public void A_slip_gets_one_clear_message_without_a_stack(string cell, string says)
    {
        using var session = Started(out var host);
        var error = session.Execute(cell, host, TestContext.Current.CancellationToken).Error;
        Assert.Equal(nameof(GeoVlmException), error?.Name);
        Assert.Contains(says, error!.Message);
        Assert.DoesNotContain(error.Traceback, line => line.Contains("   at "));
    }

    [Fact]
    public void A_broken_picture_is_left_out_on_loading_when_asked_and_the_line_that_a_dataset_keeps_loads_it_again()
    {
        using var folder = new TemporaryFolder();
        folder.Image("set/beach/a.png", 8, 8);
        folder.Text("set/beach/b.png", "no picture");
        using var session = new Session(folder.Path);
        RecordingHost host = new();
        Assert.Null(Execute("#!geo-load set --upright --verify --as once --quiet").Error);
        string line = Execute("once.LoadedBy").Value!.Data[MimeBundle.Text].ToString()!.Trim('"');
        Assert.Contains("--upright --verify", line);
        var again = Execute($"{line} --as again --quiet\nstring.Join(' ', again.Samples.Select(s => s.Id))");
        Assert.Contains("beach/a.png", again.Value!.Data[MimeBundle.Text].ToString());
        Assert.Contains("not a PNG", Execute("#!geo-load set --verify --strict").Error!.Message);

        CellResult Execute(string cell) => session.Execute(cell, host, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_reward_written_in_a_cell_trains()
    {
        using var session = Started(out var host);
        var result = session.Execute(
            """
            var covered = Reward.Define<BoxesAnswer>("covered", (answer, reference) => answer.Objects.Count > 0 ? answer.Objects[0].Box.IoU(reference.Objects[0].Box) : 0);
            #!geo-grpo train --steps 1 --prompts 2 --group 3 --reward covered:1,format:0.3 --as mine
            mine[0].Rewards.ContainsKey("covered")
            """,
            host,
            TestContext.Current.CancellationToken
        );
        Assert.Equal((CellStatus.Ok, null, "True"), (result.Status, result.Error?.Message, result.Value?.Data[MimeBundle.Text]));
    }
}
