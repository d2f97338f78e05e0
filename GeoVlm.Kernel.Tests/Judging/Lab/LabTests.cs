using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Lab;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Lab;

/// <summary>Verdicts of boxes, comparison of rewards, signs and alarms of a run.</summary>
public class LabTests
{
    private static readonly Sample Two = Made.Boxes(EoTask.ObjectDetection, new Box(0, 0, 10, 10), new Box(50, 50, 60, 60));

    private static readonly Rubric Detection = RubricCatalogue.For(EoTask.ObjectDetection);

    private static string Answer(string boxes) => $"<think>t</think><answer>{boxes}</answer>";

    [Fact]
    public void Boxes_are_found_false_or_missed()
    {
        var verdicts = BoxVerdicts.Of(Made.Read(Two, "[0,0,10,8],[0,0,10,10],[20,20,30,30]"), Two)!;
        Assert.Equal([new Box(0, 0, 10, 10)], verdicts.Found.Select(b => b.Box));
        Assert.Equal([1.0], verdicts.FoundIoU);
        Assert.Equal([new Box(0, 0, 10, 8), new Box(20, 20, 30, 30)], verdicts.False.Select(b => b.Box));
        Assert.Equal([new Box(50, 50, 60, 60)], verdicts.Missed.Select(b => b.Box));
        Assert.Equal(2, BoxVerdicts.Of(Made.Read(Two, "nothing"), Two)!.Missed.Count);
        Assert.Null(BoxVerdicts.Of(Made.Read(Made.Text(EoTask.ImageCaption, "a"), "a"), Made.Text(EoTask.ImageCaption, "a")));
    }

    [Fact]
    public void Rewards_are_compared_on_the_same_rollouts()
    {
        SavedRollouts[] groups =
        [
            // Detection pays 1, ¾ (one box ½ off), ½; the standard one 1, 0, 0.
            new(Two, Two.Frame, [Answer("[0,0,10,10],[50,50,60,60]"), Answer("[0,0,10,5],[50,50,60,60]"), Answer("[0,0,10,10]")]),
            new(Two, Two.Frame, [Answer("[0,0,10,5]"), Answer("[0,0,10,10]"), Answer("[0,0,10,10]")]),
        ];
        Func<Sample, Rubric> With(IReward reward) => _ => Detection.WithRewards((reward, 1));
        var opposite = Reward.Define<BoxesAnswer>("fewer", (answer, _) => 1 / (1.0 + answer.Objects.Count));
        var comparison = RewardComparison.Of(
            groups,
            [("detection", With(new DetectionReward())), ("standard", With(new StandardReward())), ("fewer", With(opposite))]
        );
        Assert.Equal([0, 0.5, 0.5], comparison.Columns.Select(c => c.ZeroVariance));
        Assert.Equal((1 + 0.75 + 0.5 + 0.25 + 0.5 + 0.5) / 6, comparison.Columns[0].Mean, 12);
        Assert.Equal([0, 0, 1, 0, 0, 3, 0, 1, 0, 1], comparison.Columns[0].Histogram);
        var first = comparison.Agreements[0];
        Assert.Equal((1.0, 2.0 / 6), (first.Order, first.Decided)); // of six pairs of siblings the standard reward decides two, and rightly
        Assert.Equal(0, comparison.Agreements[1].Order); // in the first group fewer boxes earn less by detection, more by the other
        Assert.Equal(0, comparison.Worst(1)[0].Group);
        Assert.Contains(
            "at least two",
            Assert.Throws<GeoVlmException>(() => RewardComparison.Of(groups, [("one", With(opposite))])).Message
        );
    }

    private static StepSigns Signs(int step, params IReadOnlyList<string>[] groups) =>
        StepSigns.Of(step, [.. groups.Select(g => Detection.JudgeGroup(g, Two, Two.Frame))]);

    private static string[] Alarms(Func<int, StepSigns> signs, int steps = 10) =>
        [.. TrainingAlarms.Of([.. Enumerable.Range(1, steps).Select(signs)]).Select(a => a.Name)];

    [Fact]
    public void A_healthy_run_is_silent()
    {
        // Format and detection both vary and go together; lengths are even.
        string[] group = [Answer("[0,0,10,10],[50,50,60,60]"), "<answer>[0,0,10,5]</answer> and so it is"];
        Assert.Empty(Alarms(i => Signs(i, group)));
        Assert.Empty(TrainingAlarms.Of([]));
    }

    [Fact]
    public void Each_alarm_sounds_for_its_own_illness()
    {
        string right = Answer("[0,0,10,10],[50,50,60,60]"),
            half = Answer("[0,0,10,10]"),
            twice = Answer("[0,0,10,10],[0,0,10,10]"),
            loose = "<answer>[0,0,10,10]</answer>";
        Assert.Equal(["saturation"], Alarms(i => Signs(i, [right, half]))); // format is 1 throughout
        Assert.Equal(["zero-variance"], Alarms(i => Signs(i, [loose, loose], [loose, loose])));
        Assert.Equal(["duplicate-boxes"], Alarms(i => Signs(i, [twice, loose + " x x x x x x"], [right, "<answer>[]</answer>"])));
        Assert.Equal(["parts-pull-apart"], Alarms(i => Signs(i, ["<answer>[0,0,10,10],[50,50,60,60]</answer>", half])));
        string Long(int i) => $"<think>{new string('x', i <= 5 ? 400 : 10)}</think><answer>[0,0,10,10]</answer>";
        Assert.Equal(["saturation", "length-drift"], Alarms(i => Signs(i, [Long(i), right + (i <= 5 ? "" : "")])));
        // Four steps are too few for anything but a fault.
        Assert.Empty(Alarms(i => Signs(i, [right, half]), steps: 4));
    }

    [Fact]
    public void A_faulty_reward_sounds_at_once()
    {
        var rubric = Detection.WithRewards((Reward.Define("odd", (_, _) => double.NaN), 1));
        var signs = StepSigns.Of(3, [rubric.JudgeGroup([Answer("[1,2,3,4]")], Two, Two.Frame)]);
        var alarm = Assert.Single(TrainingAlarms.Of([signs]));
        Assert.Equal("faults", alarm.Name);
        Assert.Contains("step 3", alarm.Message);
    }

    [Fact]
    public void Signs_count_a_box_moved_by_a_pixel_as_the_same()
    {
        var big = Made.Boxes(EoTask.ObjectDetection, new Box(0, 0, 80, 80));
        Assert.Equal(1, StepSigns.Of(1, [Detection.JudgeGroup([Answer("[0,0,80,80],[1,0,81,80]")], big, big.Frame)]).DuplicateBoxes);
        Assert.Equal(0, StepSigns.Of(1, [Detection.JudgeGroup([Answer("[0,0,80,80],[20,0,100,80]")], big, big.Frame)]).DuplicateBoxes);
    }
}
