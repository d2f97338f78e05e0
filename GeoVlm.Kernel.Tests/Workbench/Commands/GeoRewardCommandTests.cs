using GeoVlm.Rendering;
using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench.Commands;

/// <summary>Rewards written in cells, and the lab.</summary>
public class GeoRewardCommandTests
{
    private static string Run(Session session, string cell)
    {
        var host = new RecordingHost();
        var result = session.Execute(cell, host, TestContext.Current.CancellationToken);
        Assert.True(result.Status == CellStatus.Ok, $"{cell}\n{result.Error?.Message}");
        return string.Join('\n', host.Displays.Select(d => d.Bundle.Data[MimeBundle.Text]))
            + result.Value?.Data[MimeBundle.Text]
            + host.Err;
    }

    [Fact]
    public void A_reward_of_a_cell_is_in_the_rubric_of_its_task_at_once_and_its_source_in_the_run()
    {
        using var session = new Session(SharedFolder.Repository);
        string shown = Run(
            session,
            "#!geo-reward half --task referred-detection --weight 0.5 --alone\n(answer, reference) => answer.Objects.Count == 1 ? 0.5 : 0"
        );
        Assert.Contains("half", shown);
        Assert.DoesNotContain("detection ", shown.Replace("referred-detection", ""));
        Run(session, "#!geo-reward pair --language fsharp\nfun (answer: GeoVlm.Data.Answer) reference -> 0.25");
        Run(
            session,
            "#!geo-load synthetic --split train --count 4 --tasks referred-detection --quiet\n#!geo-model tiny\nvar folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());"
        );
        Run(session, "#!geo-grpo train --steps 1 --prompts 2 --group 2 --run @folder");
        string config = Run(session, "File.ReadAllText(Path.Combine(folder, \"config.json\"))");
        Assert.Contains("half:0.5, format:0.3", config);
        Assert.Contains("answer.Objects.Count == 1 ? 0.5 : 0", config);
        string environment = Run(session, "File.ReadAllText(Path.Combine(folder, \"environment.json\"))");
        Assert.Contains("answer.Objects.Count == 1 ? 0.5 : 0", environment);
        Assert.Matches("\"NotebookHash\": \"[0-9a-f]{64}\"", environment);
        Assert.Contains("half", Run(session, "#!geo-tasks referred-detection"));
        Assert.Contains("fun (answer", Run(session, "pair.Source"));
        string compared = Run(
            session,
            "#!geo-reward-compare @folder --rewards \"half; standard\" --worst 0\nDirectory.Delete(folder, true);"
        );
        Assert.Contains("4 rollouts in 2 groups", compared);
    }

    [Fact]
    public void What_cannot_be_a_reward_is_said_plainly()
    {
        using var session = new Session(SharedFolder.Repository);
        string Error(string cell) => session.Execute(cell, new RecordingHost(), TestContext.Current.CancellationToken).Error!.Message;
        Assert.Contains("at least 0", Error("#!geo-reward iou --task referred-detection --weight -1"));
        Assert.Contains("Did you mean 'iou'", Error("#!geo-reward iuo --task referred-detection"));
        Assert.Contains("cannot be a variable", Error("#!geo-reward my-reward\n(a, b) => 1"));
        Assert.Contains("CS", Error("#!geo-reward mine --task referred-detection\n(a, b) => a.NoSuchThing"));
        Assert.Contains("class X : IReward", Error("#!geo-reward mine --task referred-detection\nclass X { }"));
        Assert.Contains("fits none", Error("#!geo-reward-lint iou --task image-caption"));
        Assert.Contains("rollouts.jsonl", Error("#!geo-load synthetic --count 2 --quiet\n#!geo-reward-compare no/such/run"));
    }

    [Fact]
    public void Completions_are_tried_with_reasons()
    {
        using var session = new Session(SharedFolder.Repository);
        string shown = Run(
            session,
            "#!geo-reward-try --task object-detection\n<think>t</think><answer>[60,72,121,98],[0,0,20,20]</answer>\n<answer>[1,2</answer>"
        );
        Assert.Contains("matched 1 of 3 objects with 2 boxes", shown);
        Assert.Contains("1 found, 1 false alarm, 2 missed", shown);
        Assert.Contains("character 12", shown);
        Assert.Equal("2", Run(session, "judgements.Count"));
        Assert.Contains(
            "of 1 object with 1 box,",
            Run(session, "#!geo-reward-try --task referred-detection --reward detection\n<think>t</think><answer>[60,72,121,98]</answer>")
        );
        // One completion over several lines.
        Assert.Contains(
            "changed pixels hit",
            Run(session, "#!geo-reward-try --task change-detection --sample 1 --bare\n---\n0011\n0011\n0000\n0000\n---")
        );
    }

    [Fact]
    public void A_published_reward_is_attacked_and_found_wanting()
    {
        using var session = new Session(SharedFolder.Repository);
        string shown = Run(session, "#!geo-reward-lint tinyrs-iou --task visual-grounding --flaws");
        Assert.Contains("a well-formed box elsewhere", shown);
        Assert.Contains("any well-formed box earns 1", shown);
        Assert.Contains("sound on", Run(session, "#!geo-reward-lint iou --task visual-grounding"));
        // One that cannot score at all is told once, not attack by attack.
        string failing = Run(
            session,
            "var thrower = Reward.Define(\"thrower\", (a, b) => throw new Exception(\"boom\"));\n#!geo-reward-lint thrower --task visual-grounding"
        );
        Assert.Contains("it scores the truth", failing);
        Assert.Contains("boom", Run(session, "lint[0].Flaws[0].Detail"));
        Assert.DoesNotContain("whole-image box", failing);
        Assert.Contains("form pays 1", Run(session, "#!geo-reward-lint iou:1,format:1 --task visual-grounding"));
    }
}
