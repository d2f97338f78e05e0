using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;

namespace GeoVlm.Tests.Judging.Rewards;

/// <summary>Every built-in reward on cases small enough to work by hand. The image is 100×100.</summary>
public class RewardTests
{
    private static readonly Sample Referred = Made.Boxes(EoTask.ReferredDetection, new Box(0, 0, 10, 10));
    private static readonly Sample Two = Made.Boxes(EoTask.ObjectDetection, new Box(0, 0, 10, 10), new Box(50, 50, 60, 60));
    private static readonly Sample None = Made.Boxes(EoTask.ObjectDetection);
    private static readonly Sample Changed = Made.Boxes(EoTask.ChangeDetection, new Box(0, 0, 10, 10));

    private static double Value(IReward reward, Sample sample, string answer) => reward.Score(Made.Read(sample, answer), sample).Value;

    [Theory]
    [InlineData("[0,0,10,10]", 1)]
    [InlineData("[5,0,15,10]", 1.0 / 3)]
    [InlineData("[0,0,10,10],[0,0,10,10]", 0)]
    [InlineData("[]", 0)]
    [InlineData("[0,0,10]", 0)]
    public void IoU_of_exactly_one_box(string answer, double value) => Assert.Equal(value, Value(new BoxIoUReward(), Referred, answer), 12);

    [Theory]
    [InlineData("[0,0,10,10],[50,50,60,60]", 1)]
    [InlineData("[50,50,60,60],[0,0,10,10]", 1)]
    [InlineData("[0,0,10,10]", 0.5)]
    [InlineData("[0,0,10,10],[0,0,10,10]", 0.5)]
    [InlineData("[0,0,10,10],[50,50,60,60],[20,20,30,30],[30,30,40,40]", 0.5)]
    [InlineData("[5,0,15,10],[50,50,60,60]", (1 + 1.0 / 3) / 2)]
    [InlineData("[]", 0)]
    [InlineData("no", 0)]
    public void Detection_pays_for_each_object_once_and_charges_for_each_box(string answer, double value) =>
        Assert.Equal(value, Value(new DetectionReward(), Two, answer), 12);

    [Theory]
    [InlineData("[0,0,10,10],[50,50,60,60]", 1)]
    [InlineData("[0,0,10,10]", 2.0 / 3)]
    [InlineData("[5,0,15,10],[50,50,60,60]", 0.5)]
    [InlineData("[0,0,10,5],[50,50,60,60]", 1)]
    [InlineData("[0,0,10,10],[50,50,60,60],[20,20,30,30],[30,30,40,40]", 4.0 / 6)]
    [InlineData("[]", 0)]
    public void Detection_F1_counts_hits_at_one_half(string answer, double value) =>
        Assert.Equal(value, Value(new DetectionF1Reward(), Two, answer), 12);

    [Fact]
    public void No_boxes_are_right_where_nothing_is()
    {
        foreach (IReward reward in new IReward[] { new DetectionReward(), new DetectionF1Reward(), new StandardReward() })
        {
            Assert.Equal(1, Value(reward, None, ""));
            Assert.Equal(0, Value(reward, None, "[1,2,3,4]"));
        }
    }

    [Theory]
    [InlineData("[0,0,10,10]", 1)]
    [InlineData("[0,0,10,5],[0,5,10,10]", 1)]
    [InlineData("[0,0,10,5],[0,0,10,5]", 0.5)]
    [InlineData("[5,0,15,10]", 1.0 / 3)]
    [InlineData("[0,0,100,100]", 0.01)]
    [InlineData("[]", 0)]
    [InlineData("no", 0)]
    public void Change_IoU_compares_areas_not_boxes(string answer, double value) =>
        Assert.Equal(value, Value(new ChangeIoUReward(), Changed, answer), 12);

    [Fact]
    public void Change_IoU_prefers_the_mask_to_the_boxes_and_pays_for_seeing_no_change()
    {
        var left = Mask.FromBoxes(Made.Side, Made.Side, [new Box(0, 0, 5, 10)]);
        Assert.Equal(0.5, Value(new ChangeIoUReward(), Changed with { ChangeMask = left }, "[0,0,10,10]"), 12);
        var same = Changed with { ChangeMask = new Mask(Made.Side, Made.Side) };
        Assert.Equal(1, Value(new ChangeIoUReward(), same, ""));
        Assert.Equal(1, Value(new ChangeIoUReward(), same, "None."));
        Assert.Equal(0, Value(new ChangeIoUReward(), same, "a road"));
    }

    [Fact]
    public void Exact_match_takes_any_wording_but_not_a_list_of_guesses()
    {
        var sample = Made.Text(EoTask.SceneClassification, "harbor", "port");
        Assert.Equal(1, Value(new ExactMatchReward(), sample, " Port. "));
        Assert.Equal(0, Value(new ExactMatchReward(), sample, "harbor or port"));
        Assert.Equal(0, Value(new ExactMatchReward(), sample, ""));
    }

    [Fact]
    public void Token_F1_takes_the_best_reference()
    {
        var sample = Made.Text(EoTask.ImageCaption, "many trees", "a red ship");
        Assert.Equal(0.8, Value(new TokenF1Reward(), sample, "red ship"), 12);
    }

    [Fact]
    public void Standard_compares_strings_in_the_frame_of_the_model()
    {
        Assert.Equal(1, Value(new StandardReward(), Referred, " [0,0,10,10]\n"));
        Assert.Equal(0, Value(new StandardReward(), Referred, "[0,0,10,11]"));
        Assert.Equal(0, Value(new StandardReward(), Referred, "[0, 0, 10, 10]"));
        // The box is (0, 0, 3.33, 3.33) in a frame of a third of the size, which is written in whole numbers.
        var read = CompletionParser.Parse("<answer>[0,0,3,3]</answer>", new BoxesParser(), Referred, CoordinateFrame.Model(33, 33));
        Assert.Equal(1, new StandardReward().Score(read, Referred).Value);
    }

    [Fact]
    public void Format_pays_for_the_strict_format_alone()
    {
        Assert.Equal(1, Value(new FormatReward(), Referred, "nonsense"));
        var loose = CompletionParser.Parse("<answer>[0,0,10,10]</answer>", new BoxesParser(), Referred, Referred.Frame);
        Assert.Equal(new RewardScore(0, "does not begin with <think>"), new FormatReward().Score(loose, Referred));
    }

    [Fact]
    public void A_reward_on_the_wrong_kind_of_sample_is_the_users_error()
    {
        string message = Assert
            .ThrowsAny<GeoVlmException>(() => Value(new DetectionReward(), Made.Text(EoTask.ImageCaption, "a ship"), "x"))
            .Message;
        Assert.Contains("'detection' compares boxes", message);
        Assert.Contains("'s1'", message);
        Assert.Contains("has 2", Assert.ThrowsAny<GeoVlmException>(() => Value(new BoxIoUReward(), Two, "[1,2,3,4]")).Message);
    }
}
