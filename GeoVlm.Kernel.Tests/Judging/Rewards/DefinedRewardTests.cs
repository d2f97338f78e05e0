using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;

namespace GeoVlm.Tests.Judging.Rewards;

public class DefinedRewardTests
{
    // The reference is kept in percent of a 200×100 image, the model writes in thirds of it: the lambda sees neither.
    private static readonly Sample Asked = new(
        "s7",
        EoTask.ReferredDetection,
        [new GeoImage("a", 200, 100, () => new RgbImage(200, 100))],
        "q",
        new BoxesAnswer([new LabelledBox(new Box(10, 10, 20, 20))], CoordinateFrame.Percent)
    );

    private static RewardScore Score(IReward reward, string answer = "[5,5,10,10]") =>
        reward.Score(CompletionParser.Parse($"<answer>{answer}</answer>", new BoxesParser(), Asked, CoordinateFrame.Model(50, 50)), Asked);

    [Fact]
    public void The_function_sees_answer_and_reference_in_original_pixels()
    {
        var reward = Reward.Define(
            "same",
            (answer, reference) =>
                answer is BoxesAnswer a
                && reference is BoxesAnswer r
                && a.Objects[0].Box == new Box(20, 10, 40, 20)
                && r.Objects[0].Box == new Box(20, 10, 40, 20)
                    ? 1
                    : 0
        );
        Assert.Equal(1, Score(reward).Value);
    }

    [Fact]
    public void A_typed_function_gets_its_kind_of_answer()
    {
        Assert.Equal(
            1,
            Score(Reward.Define<BoxesAnswer>("iou", (answer, reference) => answer.Objects[0].Box.IoU(reference.Objects[0].Box))).Value,
            12
        );
        Assert.Equal(
            1,
            Score(
                Reward.Define("iou", (BoxesAnswer answer, BoxesAnswer reference) => answer.Objects[0].Box.IoU(reference.Objects[0].Box))
            ).Value,
            12
        );
    }

    [Fact]
    public void An_unreadable_answer_scores_0_without_a_call() =>
        Assert.Equal(0, Score(Reward.Define("never", (_, _) => throw new InvalidOperationException()), "[1,2]").Value);

    [Theory]
    [InlineData(1.5)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_value_out_of_range_names_reward_and_sample(double value)
    {
        string message = Assert.ThrowsAny<GeoVlmException>(() => Score(Reward.Define("odd", (_, _) => value))).Message;
        Assert.Contains("'odd'", message);
        Assert.Contains("'s7'", message);
        Assert.Contains($"{value}", message);
    }

    [Fact]
    public void An_exception_names_reward_and_sample_and_a_wrong_kind_is_told()
    {
        var error = Assert.ThrowsAny<GeoVlmException>(() => Score(Reward.Define<BoxesAnswer>("odd", (a, _) => a.Objects[3].Box.X1)));
        Assert.Contains("Reward 'odd' failed on sample 's7'", error.Message);
        Assert.NotNull(error.InnerException);
        Assert.Contains(
            "compares TextAnswer",
            Assert.ThrowsAny<GeoVlmException>(() => Score(Reward.Define<TextAnswer>("odd", (_, _) => 1))).Message
        );
    }

    [Fact]
    public void A_fault_of_a_run_names_reward_and_sample_once()
    {
        var completion = CompletionParser.Parse("<answer>[5,5,10,10]</answer>", new BoxesParser(), Asked, CoordinateFrame.Model(50, 50));
        var odd = Reward.Define("odd", (_, _) => throw new InvalidOperationException("no"));
        var (score, fault) = RewardGuard.Score(odd, [completion], Asked, new RewardPolicy()).Single();
        Assert.Equal("reward 'odd' on sample 's7': it threw InvalidOperationException: no", fault);
        Assert.Equal(new RewardPolicy().Floor, score.Value);
    }
}
