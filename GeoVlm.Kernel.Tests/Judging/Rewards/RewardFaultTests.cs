using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Rewards;

/// <summary>A reward of the user's may do anything; the run goes on.</summary>
public class RewardFaultTests
{
    private static readonly Sample Asked = Made.Boxes(EoTask.ReferredDetection, new Box(0, 0, 10, 10));

    private static readonly RewardPolicy Patient = new() { TimeLimit = TimeSpan.FromSeconds(30), Floor = 0.25 };

    private static RewardBreakdown Judge(IReward reward, RewardPolicy? policy = null) =>
        (RubricCatalogue.For(Asked.Task).WithRewards((reward, 1), (new FormatReward(), 0.3)) with { Policy = policy ?? Patient })
            .Judge("<think>t</think><answer>[0,0,10,10]</answer>", Asked, Asked.Frame)
            .Reward;

    [Fact]
    public void It_throws_or_gives_no_number()
    {
        foreach (
            var (reward, why) in new (IReward, string)[]
            {
                (Reward.Define("odd", (_, _) => throw new InvalidOperationException("boom")), "InvalidOperationException: boom"),
                (Reward.Define("odd", (_, _) => double.NaN), "NaN"),
                (Reward.Define("odd", (_, _) => 2), "gave 2"),
                (new Careless(), "NaN"),
                (Reward.Define<TextAnswer>("odd", (_, _) => 1), "compares TextAnswer"),
            }
        )
        {
            var breakdown = Judge(reward);
            Assert.Equal(0.25 + 0.3, breakdown.Total, 12);
            Assert.Contains(why, Assert.Single(breakdown.Faults));
            Assert.Contains("'s1'", breakdown.Faults.Single());
        }
    }

    [Fact]
    public void It_hangs_three_times_and_is_not_called_again()
    {
        var stop = new ManualResetEventSlim();
        int calls = 0;
        var hanging = Reward.Define(
            "hanging",
            (_, _) =>
            {
                Interlocked.Increment(ref calls);
                stop.Wait();
                return 1;
            }
        );
        var quick = Patient with { TimeLimit = TimeSpan.FromMilliseconds(100) };
        for (int i = 0; i < 3; i++)
            Assert.Contains("longer than 0.1 s", Judge(hanging, quick).Faults.Single());
        Assert.Contains("no longer called", Judge(hanging, quick).Faults.Single());
        Assert.Equal(3, calls);
        stop.Set();
    }

    [Fact]
    public void It_is_not_pure()
    {
        int calls = 0;
        Assert.Contains("must be pure", Judge(Reward.Define("odd", (_, _) => ++calls / 10.0)).Faults.Single());
    }

    [Fact]
    public void A_lambda_inside_a_composition_is_guarded_too()
    {
        var composed = 0.5 * Reward.Define("odd", (_, _) => throw new InvalidOperationException("boom")) + new BoxIoUReward();
        Assert.Contains("boom", Judge(composed).Faults.Single());
    }

    [Fact]
    public void Training_stops_only_when_more_than_the_set_share_fails()
    {
        RewardBreakdown right = Judge(new BoxIoUReward()),
            wrong = Judge(new Careless());
        RewardPolicy.Default.Check([wrong, right, right, right, right], "step 7");
        string message = Assert
            .Throws<GeoVlmException>(() => RewardPolicy.Default.Check([wrong, wrong, right, right, right], "step 7"))
            .Message;
        Assert.StartsWith("step 7: the rewards of 2 of 5 completions failed", message);
        Assert.Contains("2 × reward 'careless'", message);
    }

    [Fact]
    public void Siblings_are_seen_together_and_a_wrong_number_of_scores_is_a_fault()
    {
        var rubric = RubricCatalogue.For(EoTask.SceneClassification).WithRewards((new NoveltyReward(), 1));
        var sample = Made.Text(EoTask.SceneClassification, "harbor");
        double[] values =
        [
            .. rubric
                .JudgeGroup(
                    [
                        "<think>ships at the pier</think><answer>harbor</answer>",
                        "<think>ships at the pier</think><answer>harbor</answer>",
                        "<think>water</think><answer>harbor</answer>",
                    ],
                    sample,
                    sample.Frame
                )
                .Select(j => j.Reward.Total),
        ];
        // Cosine 1 with the twin and 0 with the third: 1 − ½ · ½; the third shares no word with either.
        Assert.Equal([0.75, 0.75, 1], values.Select(v => Math.Round(v, 12)));
        var lost = rubric.WithRewards((new LosesScores(), 1)).JudgeGroup(["a", "b"], sample, sample.Frame);
        Assert.All(lost, j => Assert.Contains("1 scores for 2", j.Reward.Faults.Single()));
    }

    private sealed class Careless : IReward
    {
        public string Name => "careless";

        public string Summary => "";

        public RewardScore Score(ParsedCompletion completion, Sample sample) => new(double.NaN);
    }

    private sealed class LosesScores : IGroupReward
    {
        public string Name => "loses";

        public string Summary => "";

        public IReadOnlyList<RewardScore> ScoreGroup(IReadOnlyList<ParsedCompletion> group, Sample sample) => [new(1)];
    }
}
