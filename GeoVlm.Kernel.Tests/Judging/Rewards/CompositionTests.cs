using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Rewards;

public class CompositionTests
{
    private static readonly Sample Asked = Made.Boxes(EoTask.ReferredDetection, new Box(0, 0, 10, 10));
    private static readonly IReward IoU = new BoxIoUReward(),
        Format = new FormatReward();

    private static RewardScore Score(IReward reward, string text = "<answer>[0,0,10,5]</answer>") =>
        reward.Score(CompletionParser.Parse(text, new BoxesParser(), Asked, Asked.Frame), Asked);

    [Fact]
    public void Sum_product_gate_and_clip_are_rewards_that_keep_their_parts()
    {
        var sum = Score(0.6 * IoU + 0.2 * Format); // IoU ½, format 0
        Assert.Equal(0.6 * 0.5 / 0.8, sum.Value, 12);
        Assert.Equal([("iou", 0.6, 0.5), ("format", 0.2, 0.0)], sum.Parts.Select(p => (p.Name, p.Weight, p.Value)));
        Assert.Equal(0.5, Score(IoU + IoU).Value, 12);
        Assert.Equal(0.25, Score(IoU * IoU).Value, 12);
        Assert.Equal(0, Score(Format * IoU).Value);
        Assert.Equal(0, Score(IoU.Gate(Format)).Value);
        Assert.Equal(0.5, Score(IoU.Gate(Format), "<think>t</think><answer>[0,0,10,5]</answer>").Value, 12);
        Assert.Equal(
            0.5,
            Score(Format.Gate(IoU, 0.5), "<think>t</think><answer>[0,0,10,5]</answer>").Value
                + Score(Format.Gate(IoU, 0.6), "<think>t</think><answer>[0,0,10,5]</answer>").Value
                - 0.5,
            12
        );
        Assert.Equal(0.75, Score(IoU.Clip(0.2, 0.6)).Value, 12);
        Assert.Equal([0.5], Score(IoU.Clip(0.2, 0.6)).Parts.Select(p => p.Value));
        Assert.Equal("0.6*iou+0.2*format", (0.6 * IoU + 0.2 * Format).Name);
        Assert.Throws<GeoVlmException>(() => -1 * IoU);
        Assert.Throws<GeoVlmException>(() => double.NaN * IoU);
        Assert.Throws<GeoVlmException>(() => IoU.Clip(0.6, 0.2));
    }

    [Fact]
    public void A_hard_prompt_counts_for_more()
    {
        var weighed = IoU.WeighedByDifficulty();
        ParsedCompletion Read(string box) => CompletionParser.Parse($"<answer>{box}</answer>", new BoxesParser(), Asked, Asked.Frame);
        var easy = weighed.ScoreGroup([Read("[0,0,10,10]"), Read("[0,0,10,10]")], Asked);
        var hard = weighed.ScoreGroup([Read("[0,0,10,10]"), Read("[]")], Asked);
        Assert.Equal(Math.Exp(-1), easy[0].Value, 12);
        Assert.Equal(Math.Exp(-0.5), hard[0].Value, 12);
    }

    [Theory]
    [InlineData(1.0, 0.0, 0.5)]
    [InlineData(1.0, 1.0, 0.5)]
    [InlineData(1.0, 1.0, 1.0)]
    public void Every_scale_of_difficulty_falls_from_1(params double[] values)
    {
        double mean = values.Average();
        double[] scaled =
        [
            .. new[] { DifficultyScale.Exponential, DifficultyScale.Linear, DifficultyScale.Logarithmic }.Select(s => s.Weight(mean)),
        ];
        Assert.Equal([Math.Exp(-mean), (1.05 - mean) / 1.05, Math.Max(0, Math.Log(0.02 + mean) / Math.Log(0.02))], scaled);
        Assert.All([DifficultyScale.Linear, DifficultyScale.Logarithmic], s => Assert.Equal(1, s.Weight(0), 12));
        Assert.Equal("iou-by-logarithmic-difficulty", IoU.WeighedByDifficulty(DifficultyScale.Logarithmic).Name);
    }

    [Fact]
    public void A_reward_that_must_see_a_dataset_is_fitted_inside_a_composition_too()
    {
        Sample[] captions =
        [
            Made.Text(EoTask.ImageCaption, "a red ship at the quay"),
            Made.Text(EoTask.ImageCaption, "many green trees beside a road"),
            Made.Text(EoTask.ImageCaption, "two planes on the runway"),
        ];
        IReward cider = RewardCatalogue.Find("cider"),
            rouge = RewardCatalogue.Find("rouge-l");
        var read = Made.Read(captions[0], "a red ship beside the quay");
        double alone = CiderReward.FittedTo(captions).Score(read, captions[0]).Value,
            likeness = rouge.Score(read, captions[0]).Value;
        Assert.InRange(alone, 0.1, 0.9);
        double Of(IReward reward) =>
            RubricCatalogue
                .For(EoTask.ImageCaption)
                .WithRewards((reward, 1))
                .FittedTo(captions)
                .Rewards[0]
                .Reward.Score(read, captions[0])
                .Value;
        Assert.Equal((3 * alone + likeness) / 4, Of(3 * cider + rouge), 12);
        Assert.Equal(alone * likeness, Of(Reward.Named("both", cider * rouge)), 12);
        Assert.Equal(alone, Of(cider.Gate(rouge, 0.1)), 12);
        Assert.Equal(alone / 0.95, Of(cider.Clip(0, 0.95)), 12);
        var measures = new[] { "bleu", "meteor", "rouge-l" }.Select(n => RewardCatalogue.Find(n).Score(read, captions[0]).Value);
        Assert.Equal((measures.Sum() + alone) / 4, Of(RewardCatalogue.Find("caption-mix-cider")), 12);
        Assert.Contains("document frequencies", Assert.Throws<GeoVlmException>(() => (3 * cider + rouge).Score(read, captions[0])).Message);
    }

    private static double Total(RewardCombination combination, params (string Name, double Weight, double Value)[] parts) =>
        combination.Total([.. parts.Select(p => new RewardPart(p.Name, p.Weight, p.Value, ""))]);

    [Fact]
    public void Parts_are_summed_gated_or_taken_in_order()
    {
        (string, double, double)[] parts = [("iou", 1, 0.5), ("format", 0.3, 1)];
        Assert.Equal(0.8, Total(RewardCombination.WeightedSum, parts), 12);
        Assert.Equal(0.5, Total(RewardCombination.Gate, parts), 12);
        Assert.Equal(0, Total(RewardCombination.Gate, ("iou", 1, 0.5), ("format", 0.3, 0)));
        // The first part decides whatever the second says; where it is even, the second does.
        double Ordered(double first, double second) => Total(RewardCombination.Lexicographic, ("a", 1, first), ("b", 1, second));
        Assert.True(Ordered(0.55, 0) > Ordered(0.5, 1));
        Assert.True(Ordered(0.5, 1) > Ordered(0.5, 0.9));
        Assert.Equal(1, Ordered(1, 1), 12);
        Assert.Equal(0, Ordered(0, 0));
        Assert.Contains("Did you mean 'gate'", Assert.Throws<GeoVlmException>(() => RewardCombination.Find("gates")).Message);
    }

    [Fact]
    public void The_rubric_keeps_raw_parts_whatever_the_combination()
    {
        var rubric = RubricCatalogue.For(Asked.Task) with { Combination = RewardCombination.Gate };
        var breakdown = rubric.Judge("<answer>[0,0,10,5]</answer>", Asked, Asked.Frame).Reward;
        Assert.Equal(0, breakdown.Total);
        Assert.Equal([0.5, 0], breakdown.Parts.Select(p => p.Value));
    }
}
