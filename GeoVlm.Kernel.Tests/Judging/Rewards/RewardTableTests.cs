using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Rewards;

/// <summary>The named rewards on cases small enough to work by hand. The image is 100×100.</summary>
public class RewardTableTests
{
    private static readonly Sample One = Made.Boxes(EoTask.VisualGrounding, new Box(0, 0, 10, 10));
    private static readonly Sample Two = Made.Boxes(EoTask.ObjectDetection, new Box(0, 0, 10, 10), new Box(50, 50, 60, 60));
    private static readonly Sample Labels = Made.Sample(EoTask.MultiLabelClassification, new LabelsAnswer(["harbor", "river", "road"]));

    private static double Value(string reward, Sample sample, string answer) =>
        RewardCatalogue.Find(reward).Score(Made.Read(sample, answer), sample).Value;

    [Theory]
    [InlineData("iou-squared", "[0,0,10,5]", 0.25)]
    [InlineData("iou-stepped", "[0,0,10,6]", 0.6)]
    [InlineData("iou-stepped", "[0,0,10,4]", 0.32)]
    [InlineData("iou-stepped", "[0,0,10,2]", 0)]
    [InlineData("iou-exponential", "[0,0,10,5]", 0.075858180)] // (e^2.5 − 1) / (e^5 − 1)
    [InlineData("iou-centred", "[0,0,10,10]", 1)]
    [InlineData("giou", "[20,0,30,10]", 0.0123456790)] // hull 300, union 200: GIoU −1/3, ((1 − 1/3) / 2)⁴
    [InlineData("diou", "[0,0,10,10]", 1)]
    [InlineData("giou", "[0,0,10,10],[0,0,10,10]", 0)]
    [InlineData("rs-eot-iou", "[0,0,10,10]", 0.370375008)] // e^4 / (e^5 − 1)
    [InlineData("visual-rft-giou", "[0,0,10,10]", 2)]
    [InlineData("seg-zero-strict", "{\"bbox\": [0,0,10,10], \"points_1\": [4,5], \"points_2\": [6,5]}", 1)]
    [InlineData("seg-zero-strict", "{\"bbox\": [0,0,10,10], \"points_1\": [4,5], \"points_2\": [16,5]}", 0.8)]
    [InlineData("seg-zero-strict", "[0,0,10,10]", 0.6)]
    [InlineData("vlm-r1-iou", "[0,0,10,1]", 0)] // an overlap one pixel high
    [InlineData("tinyrs-iou", "[70,70,80,80]", 1)]
    public void One_box(string reward, string answer, double value) => Assert.Equal(value, Value(reward, One, answer), 8);

    [Theory]
    [InlineData("detection-partial-f1", "[0,0,10,4],[50,50,60,60]", 2 * 1.5 / 4)]
    [InlineData("visual-rft-iou", "[0,0,10,10],[0,0,10,10],[50,50,60,56]", (1 + 0.6) / 2)]
    [InlineData("vlm-r1-ap50", "[0,0,10,10],[50,50,60,60],[80,80,90,90]", 1)]
    [InlineData("vlm-r1-od-length", "[0,0,10,10],[50,50,60,60],[80,80,90,90],[20,20,30,30]", 0.5)]
    [InlineData("vision-r1-recall-late", "[0,0,10,10],[50,50,60,60]", 1)]
    [InlineData("vision-r1-recall-late", "[0,0,10,10]", 0)]
    [InlineData("vision-r1-precision-late", "[0,0,10,8]", 0.8)]
    [InlineData("vision-r1-format", "[{\"bbox_2d\": [1,2,3,4]}]", 1)]
    [InlineData("vision-r1-format", "[1,2,3,4]", 0)]
    [InlineData("vlm-r1-weighted-sum", "[]", 0.15)]
    [InlineData("vlm-r1-weighted-sum", "[0,0,10,10]", 0.7 / 2 + 0.3 * 0.75)]
    [InlineData("earthdial-precision", "[0,0,10,10]", 1)]
    [InlineData("earthdial-precision", "[0,0,10,10],[20,20,30,30]", 0.5)]
    [InlineData("seg-zero-boxes", "[0,0,10,10],[54,50,64,60]", (1 + 0.5) / 2)] // IoU 6/14: near, but not half
    [InlineData(
        "vision-reasoner",
        "[{\"bbox_2d\": [0,0,10,10], \"point_2d\": [5,5]}, {\"bbox_2d\": [50,50,60,60], \"point_2d\": [49,55]}]",
        (1 + 2.0 / 3) / 2
    )]
    [InlineData("vision-reasoner", "[0,0,10,10],[50,50,60,60]", 2.0 / 3)]
    [InlineData("vision-r1-recall", "[0,0,10,10]", 0.5)]
    [InlineData("vision-r1-precision", "[0,0,10,8]", 1)]
    [InlineData(
        "visual-rft-confidence",
        "[{\"bbox_2d\": [0,0,10,10], \"confidence\": 0.8}, {\"bbox_2d\": [20,20,30,30], \"confidence\": 0.1}]",
        (0.8 + 0.9) / 2
    )]
    public void Several_boxes(string reward, string answer, double value) => Assert.Equal(value, Value(reward, Two, answer), 9);

    [Fact]
    public void Labels_of_boxes_must_agree_where_both_are_known()
    {
        var sample = Two with
        {
            Reference = new BoxesAnswer([new(new Box(0, 0, 10, 10), "ship"), new(new Box(50, 50, 60, 60), "plane")], Two.Frame),
        };
        const string named = "[{\"bbox_2d\": [0,0,10,10], \"label\": \"Ship\"}, {\"bbox_2d\": [50,50,60,60], \"label\": \"ship\"}]";
        foreach (string reward in new[] { "detection", "detection-f1", "rotated-iou", "probiou" })
            Assert.Equal(0.5, Value(reward, sample, named), 9);
        Assert.Equal(1, Value("detection", sample, "[0,0,10,10],[50,50,60,60]"));
    }

    [Fact]
    public void Rotated_boxes()
    {
        var turned = new OrientedBox(50, 50, 40, 20, 30);
        var sample = Made.Sample(EoTask.OrientedDetection, new BoxesAnswer([new(turned.Bounds()) { Oriented = turned }], Two.Frame));
        // A quarter turn about the centre: a square of 20 in common, of 2 · 800 − 400.
        string quarter = AnswerText.Write(
            sample with
            {
                Reference = new BoxesAnswer([new(turned.Bounds()) { Oriented = turned with { AngleDegrees = 120 } }], Two.Frame),
            },
            Two.Frame
        );
        Assert.Equal("[30,40,70,60,-120]", quarter);
        Assert.Equal(1.0 / 3, Value("rotated-iou", sample, quarter), 9);
        Assert.InRange(Value("rotated-iou", sample, "[30,40,70,60,-30]"), 1 - 1e-9, 1);
        // ProbIoU of concentric, perpendicular Gaussians with variances a, b: e^(−B) = 2·√(ab) / (a + b) = 0.8 for a = 4 b.
        Assert.Equal(1 - Math.Sqrt(1 - 0.8), Value("probiou", sample, quarter), 9);
        // KL of the same: ½ (a/b + b/a) − 1.
        Assert.Equal(1 / (1 + Math.Log(1 + 0.5 * (4 + 0.25) - 1)), Value("kld", sample, quarter), 9);
        Assert.InRange(Value("kld", sample, "[30,40,70,60,150]"), 1 - 1e-9, 1); // half a turn is none
    }

    [Theory]
    [InlineData("label-f1", "harbor, river", 0.8)]
    [InlineData("label-jaccard", "harbor, river, sea", 0.5)]
    [InlineData("label-exact", "Road; river; harbor.", 1)]
    [InlineData("label-exact", "harbor, river", 0)]
    [InlineData("geovlm-r1-recall", "harbor, river, sea, wood, field", 2.0 / 3)]
    public void Label_sets(string reward, string answer, double value) => Assert.Equal(value, Value(reward, Labels, answer), 12);

    [Theory]
    [InlineData("yes-no", "yes", "Yes, there is.", 1)]
    [InlineData("yes-no", "yes", "yes or no", 0)]
    [InlineData("mcq", "B", "(b)", 1)]
    [InlineData("mcq", "B", "A or B", 0)]
    [InlineData("numeric", "3", "three", 1)]
    [InlineData("numeric", "3", "2 or 3", 0)]
    [InlineData("math", "1/2", "0.5", 1)]
    [InlineData("math", "1/2", "50\\%", 1)]
    [InlineData("math", "0.5", "\\boxed{\\frac{1}{2}}", 1)]
    [InlineData("math", "\\frac{2x + 2}{2}", "$x + 1$", 1)]
    [InlineData("math", "(a - b)^2", "a^2 - 2a*b + b^2", 1)]
    [InlineData("math", "(a - b)^2", "a^2 - b^2", 0)]
    [InlineData("math", "x", "\\sqrt{x^2}", 0)] // |x|
    [InlineData("math", "\\sqrt[3]{8}", "2", 1)]
    [InlineData("math", "\\pi r^2", "r = \\pi r²", 1)]
    [InlineData("math", "\\pi r^2", "3.14 r^2", 0)]
    [InlineData("math", "1,200", "1200", 1)]
    [InlineData("math", "4", "-2^2", 0)] // the power binds first
    [InlineData("math", "4", "2 2", 0)]
    [InlineData("math", "3", "there are three", 1)]
    [InlineData("math", "3", "9^9^9^9", 0)]
    [InlineData("math", "x + 1", "harbor", 0)]
    [InlineData("math", "1/3", "0.333", 0)]
    [InlineData("vlm-r1-accuracy", "x/2", "0.5x", 1)]
    [InlineData("count", "4", "three ships", 0.75)]
    [InlineData("count", "many", "7", 1)]
    [InlineData("count", "many", "2", 0)]
    [InlineData("count", "0", "none", 1)]
    [InlineData("vqa", "4", "5", 0.8)]
    [InlineData("vqa", "no", "No.", 1)]
    [InlineData("vqa", "rural", "urban", 0)]
    [InlineData("rs-hyre-vqa", "100", "104", 0.5)]
    [InlineData("rs-hyre-vqa", "rural", "rural or urban", 0.8)]
    [InlineData("rsthinker-accuracy", "major damage", "minor damage", 0.6)]
    [InlineData("vlm-r1-accuracy", "major", "minor", 0.6)]
    [InlineData("visual-rft-contains", "golf_course", "golf course or harbor", 1)]
    [InlineData("easyr1-dapo", "harbor", "Harbor", 1)]
    [InlineData("easyr1-dapo", "harbor", "forest", 1.0 / 3)]
    [InlineData("geo-distance", "48.8584, 2.2945", "48.8584, 2.2945", 1)]
    [InlineData("geo-distance", "0, 0", "0, 0.22483", 0.36788)] // 25 km east on the equator
    [InlineData("geo-distance", "0, 0", "91, 0", 0)]
    [InlineData("geo-place", "France, Île-de-France", "france, Ile de France.", 1)]
    [InlineData("geo-place", "France, Brittany", "France, Normandy", 0)]
    [InlineData("geo-place", "France, Brittany", "Spain, Brittany", 0)]
    public void Short_answers(string reward, string reference, string answer, double value) =>
        Assert.Equal(value, Value(reward, Made.Text(EoTask.VisualQuestionAnswering, reference), answer), 4);

    [Fact]
    public void Sentences()
    {
        var sample = Made.Text(EoTask.ImageCaption, "two gray planes on the runway", "planes are parked");
        foreach (string reward in new[] { "jaccard", "levenshtein", "lexical", "bleu", "rouge-1", "rouge-l", "meteor", "caption-mix" })
        {
            Assert.Equal(1, Value(reward, sample, "Two gray planes on the runway."));
            Assert.InRange(Value(reward, sample, "xyzzy"), 0, 0.15);
            Assert.InRange(Value(reward, sample, "planes on the runway"), 0.4, 0.99);
        }
        Assert.Equal(2.0 / 3, Value("jaccard", sample, "planes on the runway"), 12); // 4 of 6 words
        Assert.Equal(0.8, Value("rouge-1", sample, "planes on the runway"), 12);
    }

    [Fact]
    public void Format_variants_differ_where_their_projects_do()
    {
        var read = (string text) => CompletionParser.Parse(text, new BoxesParser(), One, One.Frame);
        double Of(string reward, string text) => RewardCatalogue.Find(reward).Score(read(text), One).Value;
        const string lines = "<think>a\nb</think>\n<answer>[1,2,3,4]</answer>";
        Assert.Equal((1, 0, 1), (Of("format-fullmatch", lines), Of("format-prefix", lines), Of("format-once", lines)));
        const string nested = "<think>a<think>b</think><answer>c</answer>";
        Assert.Equal((1, 0, 0), (Of("format-fullmatch", nested), Of("format-once", nested), Of("format", nested)));
        Assert.Equal(1, Of("format-search", "<think>a</think><answer>{'bbox': [1, 2, 3, 4]}</answer>"));
        Assert.Equal(0, Of("format-search", lines));
        Assert.Equal(
            (1, 0),
            (
                Of("format-json", "<answer>```json\n[{\"bbox_2d\": [1,2,3,4]}]\n```</answer>"),
                Of("format-json", "<answer>[{\"bbox_2d\": [1,2,3]}]</answer>")
            )
        );
        Assert.Equal(0, Of("format-json", "<answer>[{\"bbox_2d\": \ud800</answer>")); // half a surrogate pair, as tokens cut it
        Assert.Equal(1, Of("format-progressive", lines), 12);
        Assert.Equal((Math.E * Math.E - 1) / (Math.Exp(5) - 1), Of("format-progressive", "<answer>x</answer>"), 12);
        Assert.Equal(
            (1 + 1 + 0.5) / 3,
            Of(
                "format-objects",
                "<think>t</think><answer>[{\"bbox_2d\": [1,2,3,4], \"point_2d\": [1,2]}, {\"bbox_2d\": [1,2,3,4]}]</answer>"
            ),
            12
        );
    }

    [Fact]
    public void Shaping()
    {
        double Of(string reward, string text) =>
            RewardCatalogue.Find(reward).Score(CompletionParser.Parse(text, new BoxesParser(), One, One.Frame), One).Value;
        Assert.Equal(0.3, Of("length-reasoning", "<think>one two three</think><answer>[]</answer>"), 12);
        Assert.Equal(0.5, Of("length-overlong", new string('x', 1750)), 12);
        foreach (var (words, value) in new[] { (0, 1.0), (512, 0.75), (1024, 0.5), (4096, 0.5) })
            Assert.Equal(value, Of("length-cosine", string.Join(' ', Enumerable.Repeat("x", words))), 12);
        Assert.Equal(1, Of("non-repeat", "<think>A ship. Two ships, 0.5 km apart; 0.5 m long.</think>"));
        Assert.Equal(0, Of("non-repeat", "<think>A ship. Two ships! a ship</think>"));
        Assert.Equal(0.5, Of("repetition", "<answer>[1,2,3,4],[1,2,3,4]</answer>"), 12);
        Assert.InRange(Of("repetition", $"<think>{string.Concat(Enumerable.Repeat("a b c d e f ", 20))}</think>"), 0, 0.15);
        Assert.Equal(0.75, Of("vlm-r1-cosine", string.Join(' ', Enumerable.Repeat("x", 512))), 12);
    }

    [Fact]
    public void Length_and_truth_as_DAPO_has_them()
    {
        var sample = Made.Text(EoTask.SceneClassification, "harbor");
        double Of(int padding, string answer) =>
            RewardCatalogue
                .Find("easyr1-dapo")
                .Score(
                    CompletionParser.Parse($"{new string('x', padding)}<answer>{answer}</answer>", new TextParser(), sample, sample.Frame),
                    sample
                )
                .Value;
        Assert.Equal(2.0 / 3, Of(3000, "harbor"), 12);
        Assert.Equal(0, Of(3000, "forest"), 12);
        Assert.Equal(2.5 / 3, Of(1750 - "<answer>harbor</answer>".Length, "harbor"), 12);
    }

    [Fact]
    public void Boxes_where_nothing_is_and_labels_in_a_weighted_sum()
    {
        var none = Made.Boxes(EoTask.ObjectDetection);
        Assert.Equal(
            (1, 1, 0),
            (
                Value("vision-r1-format", none, "[]"),
                Value("vision-r1-format", none, "none"),
                Value("vision-r1-format", none, "[{\"bbox_2d\": [1,2,3,4]}]")
            )
        );
        var ship = none with { Reference = new BoxesAnswer([new(new Box(0, 0, 10, 10), "ship")], none.Frame) };
        Assert.Equal(1, Value("vlm-r1-weighted-sum", ship, "[{\"bbox_2d\": [0,0,10,10], \"label\": \"Ship\"}]"), 12);
        Assert.Equal(0.3, Value("vlm-r1-weighted-sum", ship, "[{\"bbox_2d\": [0,0,10,10], \"label\": \"plane\"}]"), 12);
    }

    [Fact]
    public void Change_as_area_and_as_objects()
    {
        var sample = Made.Boxes(EoTask.ChangeDetection, new Box(0, 0, 10, 10), new Box(50, 50, 52, 52));
        Assert.Equal(2.0 * 100 / 204, Value("change-f1", sample, "[0,0,10,10]"), 9);
        Assert.Equal(0.5, Value("change-boxes", sample, "[0,0,10,10]"), 9); // the small one counts as much
        Assert.Equal(0, Value("change-kappa", sample, "[]"), 9);
        Assert.Equal(1, Value("change-kappa", sample, "[0,0,10,10],[50,50,52,52]"), 9);
        // Cells of a 2 by 2 grid: one of four changed.
        var grid = Made.Sample(EoTask.ChangeDetection, new MaskAnswer(new Mask(2, 2, [true, false, false, false])));
        Assert.Equal(0.5, Value("change-iou", grid, "11\n00"), 9);
        Assert.Equal(1, Value("change-boxes", grid, "10\n00"), 9);
    }

    [Fact]
    public void The_nine_rewards_of_GeoVLM_R1_have_names()
    {
        // Recall, IoU, mAP, SBERT, lexical, lexical grounding, Levenshtein, Jaccard, HSLR (method: its table of nine).
        foreach (
            string name in new[]
            {
                "geovlm-r1-recall",
                "detection",
                "vlm-r1-map",
                "sbert",
                "lexical",
                "grounded-caption",
                "levenshtein",
                "jaccard",
                "hslr",
            }
        )
            Assert.Equal(name, RewardCatalogue.Find(name).Name);
    }
}
