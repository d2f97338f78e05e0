using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging;
using GeoVlm.Judging.Lab;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Lab;

/// <summary>The failures that reviews, issues and posts tell of public rewards, each held against what this project pays by
/// default.</summary>
/// <remarks>That the published rewards have them, and that the lint says so, is in <see cref="RewardLintTests"/>.</remarks>
public class FailureModeTests
{
    private static readonly Box A = new(0, 0, 10, 10),
        B = new(50, 50, 60, 60);
    private static readonly Sample Two = Made.Boxes(EoTask.ObjectDetection, A, B);

    /// <summary>What the task's own reward pays by default, or another one of the catalogue.</summary>
    private static double Pays(Sample sample, string answer, string? reward = null) =>
        (reward is null ? RubricCatalogue.For(sample.Task).Rewards[0].Reward : RewardCatalogue.Find(reward))
            .Score(Made.Read(sample, answer), sample)
            .Value;

    private static string Boxes(params IEnumerable<Box> boxes) => string.Join(',', boxes.Select(b => $"[{b.X1},{b.Y1},{b.X2},{b.Y2}]"));

    // Review 3: recall is 1 for whoever lists every label.
    [Fact]
    public void Listing_every_label()
    {
        var sample = Made.Sample(EoTask.MultiLabelClassification, new LabelsAnswer(["harbor", "road"]));
        string all = string.Join(", ", new[] { "harbor", "road" }.Concat(Enumerable.Range(0, 17).Select(i => $"class{i}")));
        Assert.Equal(1, Pays(sample, all, "geovlm-r1-recall"));
        Assert.Equal(2.0 * 2 / (19 + 2), Pays(sample, all), 12);
    }

    // Visual-RFT issue 79.
    [Fact]
    public void Naming_several_classes()
    {
        var sample = Made.Text(EoTask.SceneClassification, "harbor");
        Assert.Equal(1, Pays(sample, "airport or harbor or forest", "visual-rft-contains"));
        Assert.Equal(0, Pays(sample, "airport or harbor or forest"));
        Assert.Equal(1, Pays(sample, "h", "visual-rft-contains"));
        Assert.Equal(0, Pays(sample, "h"));
    }

    // om-ai-lab, 20 March 2025: AP hardly charges for superfluous boxes, odLength was the cure.
    [Fact]
    public void Filling_the_answer_with_boxes()
    {
        string filled = Boxes([A, B, .. Enumerable.Range(0, 18).Select(i => new Box(2 * i, 80, 2 * i + 2, 90))]);
        Assert.Equal(1, Pays(Two, filled, "vlm-r1-ap50"));
        Assert.Equal(2.0 / 20, Pays(Two, filled), 12);
        Assert.Equal(2.0 / 20, Pays(Two, filled, "vlm-r1-od-length"), 12);
    }

    // Rex-Omni issue 121: boxes without confidence have no order that AP could rank.
    [Fact]
    public void The_order_of_boxes()
    {
        var far = new Box(80, 0, 90, 10);
        Assert.NotEqual(Pays(Two, Boxes(far, A, B), "vlm-r1-map"), Pays(Two, Boxes(A, B, far), "vlm-r1-map"));
        Assert.Equal(Pays(Two, Boxes(far, A, B)), Pays(Two, Boxes(B, A, far)));
    }

    // The paper's "mAP" is a precision: one safe box for each image is enough.
    [Fact]
    public void One_safe_box()
    {
        Assert.Equal(1, Pays(Two, Boxes(A), "earthdial-precision"));
        Assert.Equal(0.5, Pays(Two, Boxes(A)));
    }

    // TinyRS, FewShotReasoning: the reference is read from the student's own numbers.
    [Fact]
    public void Any_box_at_all()
    {
        Assert.Equal(1, Pays(Two, Boxes(new Box(70, 0, 99, 9)), "tinyrs-iou"));
        Assert.Equal(0, Pays(Two, Boxes(new Box(70, 0, 99, 9))));
    }

    // VLM-R1 cosine_reward: wrong answers take the right branch, and past the horizon long ones are paid again.
    [Fact]
    public void Length_that_pays()
    {
        var one = Made.Boxes(EoTask.VisualGrounding, A);
        double Of(IReward reward, int words, string answer) =>
            reward
                .Score(
                    CompletionParser.Parse(
                        $"<think>{string.Join(' ', Enumerable.Repeat("x", words))}</think><answer>{answer}</answer>",
                        new BoxesParser(),
                        one,
                        one.Frame
                    ),
                    one
                )
                .Value;
        IReward published = RewardCatalogue.Find("vlm-r1-cosine"),
            shaped = RewardCatalogue.Find("iou") * RewardCatalogue.Find("length-cosine");
        Assert.True(Of(published, 3, "[80,80,90,90]") > 0.99 && Of(published, 2048, "[0,0,10,10]") > 0.99);
        Assert.Equal(0, Of(shaped, 3, "[80,80,90,90]"));
        Assert.Equal(0.5, Of(shaped, 2048, "[0,0,10,10]"), 9);
        Assert.Equal(0.75, Of(shaped, 512, "[0,0,10,10]"), 9);
    }

    // RS-EoT: e^(5·IoU − 1) in place of expm1(5·IoU).
    [Fact]
    public void A_perfect_box()
    {
        var one = Made.Boxes(EoTask.VisualGrounding, A);
        Assert.Equal(0.370, Pays(one, Boxes(A), "rs-eot-iou"), 3);
        foreach (string reward in new[] { "iou", "iou-exponential", "iou-centred", "giou", "diou", "ciou" })
            Assert.Equal(1, Pays(one, Boxes(A), reward), 12);
    }

    // Review 2, VLM-R1 issue 44: format outweighs a small task reward.
    [Fact]
    public void Nonsense_in_the_right_form()
    {
        foreach (var rubric in RubricCatalogue.All)
        {
            var example = TaskExample.Of(rubric.Task)[0];
            double Total(Rubric of, string text) => of.Judge(text, example.Sample, example.Sample.Frame).Reward.Total;
            const string nonsense = "<think>t</think><answer>xyzzy</answer>";
            Assert.Equal(RubricCatalogue.FormatWeight, Total(rubric, nonsense), 2);
            Assert.True(RubricCatalogue.FormatWeight < 0.5 * Total(rubric, example.Completion));
            Assert.Equal(0, Total(rubric with { Combination = RewardCombination.Gate }, nonsense), 2);
        }
    }

    // verl pull request 6310: empty responses were paid through their padding. VLM-R1 issue 261: images without objects.
    [Fact]
    public void Nothing_said_and_nothing_there()
    {
        var none = Made.Boxes(EoTask.ObjectDetection);
        foreach (var rubric in RubricCatalogue.All)
        foreach (var sample in TaskExample.Of(rubric.Task).Select(e => e.Sample).Append(none).Where(s => s.Task == rubric.Task))
            Assert.Equal(0, rubric.Judge("", sample, sample.Frame).Reward.Total);
        Assert.Equal(1, Pays(none, "[]"));
        Assert.Equal(1, Pays(none, ""));
        Assert.Equal(1, Pays(Two, Boxes(A, B)));
        Assert.Equal(0, Pays(none, "[]", "vlm-r1-iou"));
        Assert.Equal(0.5, Pays(Two, Boxes(A)) / Pays(Two, Boxes(A), "vlm-r1-iou")); // there the second object is not asked for
    }

    // Review 3: text rewards punish paraphrase and forgive omission.
    [Fact]
    public void Paraphrase_and_omission()
    {
        const string whole = "two gray planes stand on the runway beside a green lawn";
        var sample = Made.Text(EoTask.ImageCaption, whole, "a couple of aircraft are parked next to the grass");
        Assert.Equal(1, Pays(sample, "A couple of aircraft are parked next to the grass."));
        double half = Pays(sample, "two gray planes stand on the runway");
        Assert.InRange(half, 0.3, 0.85);
        Assert.True(Pays(sample, "two gray planes") < half);
        Assert.True(Pays(sample, whole + " and " + whole) < 1);
    }

    // Review 1: small objects at 448 pixels. Steps of ten pixels are blind to them.
    [Fact]
    public void A_small_object()
    {
        var small = Made.Boxes(EoTask.VisualGrounding, new Box(40, 40, 48, 48));
        Assert.Equal(0.5, Pays(small, "[49,40,57,48]", "seg-zero-boxes"));
        Assert.Equal(0, Pays(small, "[49,40,57,48]"));
        Assert.Equal(56.0 / 72, Pays(small, "[41,40,49,48]"), 12);
        Assert.True(Pays(small, "[42,40,50,48]") is > 0.5 and < 0.7);
    }

    // om-ai-lab, 24 March 2025: thoughts shrink to "4" or "image."; VLM-R1 issues 280 and 332: lengths and rewards collapse.
    [Fact]
    public void Thoughts_that_shrink_and_rewards_that_collapse()
    {
        var rubric = RubricCatalogue.For(EoTask.ObjectDetection);
        string[] Alarms(Func<int, string[]> group) =>
            [
                .. TrainingAlarms
                    .Of([.. Enumerable.Range(1, 12).Select(i => StepSigns.Of(i, [rubric.JudgeGroup(group(i), Two, Two.Frame)]))])
                    .Select(a => a.Name),
            ];
        string Said(string thought, params Box[] boxes) => $"<think>{thought}</think><answer>{Boxes(boxes)}</answer>";
        const string thought = "one at the upper left and one in the middle";
        string loose = $"<answer>{Boxes(A, B)}</answer>";
        // The answers are long enough to hide it in the mean length.
        string padding = new('x', 200);
        Assert.Contains("reasoning-collapse", Alarms(i => [Said(i < 8 ? thought : "4", A, B), loose + padding]));
        Assert.DoesNotContain("reasoning-collapse", Alarms(_ => [Said(thought, A, B), loose]));
        Assert.Contains(
            "reward-collapse",
            Alarms(i => i < 8 ? [Said(thought, A, B), loose] : [Said(thought, new Box(70, 0, 80, 9)), loose[..20]])
        );
        Assert.DoesNotContain("reward-collapse", Alarms(i => i < 8 ? [loose[..20], Said(thought)] : [Said(thought, A, B), loose]));
        Assert.Equal(0.1, Shaped("<think>4</think><answer>[]</answer>", "length-reasoning"), 12);
    }

    private static double Shaped(string completion, string reward) =>
        RewardCatalogue.Find(reward).Score(CompletionParser.Parse(completion, new BoxesParser(), Two, Two.Frame), Two).Value;
}
