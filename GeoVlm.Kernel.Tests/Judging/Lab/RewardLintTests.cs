using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Lab;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Lab;

public class RewardLintTests
{
    // Each failure that is known of a published reward, and the check that shows it.
    [Theory]
    [InlineData("geovlm-r1-recall", "every label")]
    [InlineData("visual-rft-contains", "\"A or B or C\"")]
    [InlineData("visual-rft-contains", "one letter of the reference")]
    [InlineData("vlm-r1-accuracy", "another class, the nearest in spelling")]
    [InlineData("rs-hyre-vqa", "\"A or B or C\"")]
    [InlineData("rsthinker-accuracy", "\"A or B or C\"")]
    [InlineData("jaccard", "the reference ten times")]
    [InlineData("tinyrs-iou", "a well-formed box elsewhere")]
    [InlineData("vlm-r1-iou", "truth among 80 random boxes")]
    [InlineData("vlm-r1-iou", "one safe box of several")]
    [InlineData("vlm-r1-iou", "the truth earns 1")] // an image without objects
    [InlineData("rs-eot-iou", "the truth earns 1")] // 0.370
    [InlineData("visual-rft-giou", "from 0 to 1, whatever it reads")]
    [InlineData("visual-rft-iou", "every box twice")]
    [InlineData("visual-rft-confidence", "a wrong box with confidence 0")]
    [InlineData("vlm-r1-map", "truth among 80 random boxes")]
    [InlineData("vlm-r1-ap50", "every box twice")]
    [InlineData("vlm-r1-od-length", "order does not matter")]
    [InlineData("vlm-r1-weighted-sum", "no boxes")]
    [InlineData("earthdial-precision", "one safe box of several")]
    [InlineData("seg-zero-boxes", "a box beside the object")]
    [InlineData("vision-reasoner", "the truth earns 1")] // our answers have no points
    [InlineData("seg-zero-strict", "the truth earns 1")] // nor its keys
    [InlineData("vision-r1-recall", "truth among 80 random boxes")]
    [InlineData("vision-r1-precision", "one safe box of several")]
    [InlineData("vision-r1-recall-late", "truth among 80 random boxes")]
    [InlineData("vision-r1-precision-late", "one safe box of several")]
    [InlineData("easyr1-dapo", "empty completion")]
    [InlineData("vlm-r1-cosine", "a wrong answer after long reasoning")]
    [InlineData("kld", "written in another frame")]
    [InlineData("standard", "labels count")]
    public void Finds_the_known_flaw_of_a_published_reward(string name, string check)
    {
        var reward = RewardCatalogue.Find(name);
        Assert.NotEmpty(reward.KnownFlaw);
        Assert.Contains(check, Lint(name).Flaws.Select(f => f.Check));
        Assert.StartsWith("flawed", Lint(name).Verdict);
    }

    [Fact]
    public void No_published_reward_with_a_known_flaw_passes()
    {
        foreach (var reward in RewardCatalogue.All.Where(r => r.KnownFlaw.Length > 0))
            Assert.StartsWith("flawed", Lint(reward.Name).Verdict);
    }

    [Fact]
    public void Our_own_rewards_are_sound_on_the_tasks_they_are_meant_for()
    {
        // Encoders are not at hand in a test; 'mcq', 'geo-distance' and 'geo-place' compare what no task of ours asks for.
        foreach (
            var reward in RewardCatalogue.All.Where(r =>
                r.KnownFlaw.Length == 0 && r.Name is not ("sbert" or "hslr" or "mcq" or "geo-distance" or "geo-place")
            )
        )
        {
            var lint = Lint(reward.Name);
            Assert.NotEmpty(lint.Findings);
            Assert.True(lint.Flaws.Count == 0, $"{reward.Name}: {string.Join("; ", lint.Flaws)}");
        }
    }

    [Fact]
    public void The_rubric_of_every_task_withstands_every_attack()
    {
        foreach (var rubric in RubricCatalogue.All)
        {
            Assert.Equal(LintVerdict.Sound, RewardLint.FormatShare(rubric).Verdict);
            Assert.All(
                rubric.Rewards,
                r => Assert.True(r.Reward.IsMeantFor(rubric.Task) && r.Reward.KnownFlaw.Length == 0, $"{rubric.Task}: {r.Reward.Name}")
            );
            Assert.Contains(LintSamples.All, s => s.Task == rubric.Task);
        }
        // The paper's plain sum of format and task pays nonsense in the right format as much as a fair answer.
        Assert.Equal(
            LintVerdict.Flaw,
            RewardLint
                .FormatShare(RubricCatalogue.For(EoTask.VisualGrounding).WithRewards((new BoxIoUReward(), 1), (new FormatReward(), 1)))
                .Verdict
        );
    }

    [Fact]
    public void A_reward_of_the_users_that_is_impure_or_unbounded_is_found()
    {
        int calls = 0;
        var impure = Reward.Define<BoxesAnswer>("impure", (_, _) => ++calls % 2);
        var unbounded = Reward.Define<BoxesAnswer>("unbounded", (answer, _) => 2 * answer.Objects.Count);
        var blind = Reward.Define<BoxesAnswer>(
            "blind",
            (answer, reference) => answer.Objects.Max(a => reference.Objects.Max(r => r.Box.IoU(a.Box)))
        );
        Sample[] samples = [.. LintSamples.All.Where(s => s.Task == EoTask.VisualGrounding)];
        Assert.Contains("the same on every call", RewardLint.Check(impure, samples).Flaws.Select(f => f.Check));
        Assert.Contains("from 0 to 1, whatever it reads", RewardLint.Check(unbounded, samples).Flaws.Select(f => f.Check));
        string[] found = [.. RewardLint.Check(blind, samples).Flaws.Select(f => f.Check)];
        Assert.Contains("every box twice", found);
        Assert.Contains("truth among 80 random boxes", found);
        Assert.Contains("no boxes", found); // it throws on none
        Assert.DoesNotContain("whole-image box", found);
    }

    [Fact]
    public void Attacks_are_made_for_a_sample_of_any_size_and_frame()
    {
        var sample = Made.Boxes(EoTask.ObjectDetection, new Box(0, 0, 99.5, 99.5));
        Assert.All(AttackBattery.For(sample, CoordinateFrame.Thousandths), a => Assert.InRange(a.Most, 0, 1));
        Assert.Contains(
            AttackBattery.For(Made.Text(EoTask.SceneClassification, "?"), CoordinateFrame.Percent),
            a => a.Name == "format only"
        );
    }

    private static readonly Dictionary<string, RewardLint> Known = [];

    private static RewardLint Lint(string name)
    {
        lock (Known)
        {
            if (!Known.TryGetValue(name, out var lint))
                Known[name] = lint = RewardLint.Check(RewardCatalogue.Find(name), LintSamples.All);
            return lint;
        }
    }
}
