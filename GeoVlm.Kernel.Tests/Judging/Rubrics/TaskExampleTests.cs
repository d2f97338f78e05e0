using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Rubrics;

public class TaskExampleTests
{
    [Fact]
    public void The_worked_answer_of_every_task_earns_all_there_is()
    {
        foreach (var example in TaskExample.All)
        {
            var rubric = RubricCatalogue.For(example.Sample.Task);
            var judgement = rubric.Judge(example.Completion, example.Sample, example.Sample.Frame);
            Assert.All(
                judgement.Reward.Parts,
                p => Assert.True(p.Value > (rubric.Task == EoTask.OrientedDetection ? 0.9 : 1 - 1e-9), $"{rubric.Task} {p}")
            ); // whole numbers round a turned box
            Assert.Equal(1, rubric.Standard.Judge(example.Completion, example.Sample, example.Sample.Frame).Reward.Parts[0].Value);
            Assert.Contains(example.Sample.Question, rubric.Template.For(example.Sample).Text);
        }
        Assert.Equal(Enum.GetValues<EoTask>(), TaskExample.All.Select(e => e.Sample.Task).Distinct().Order());
        Assert.Equal(["presence", "count", "comparison", "open"], TaskExample.Of(EoTask.VisualQuestionAnswering).Select(e => e.Kind));
    }

    [Fact]
    public void A_rubric_knows_the_source_of_its_rewards_and_fits_those_that_need_a_dataset()
    {
        var rubric = RubricCatalogue
            .For(EoTask.ImageCaption)
            .WithRewards((new CiderReward(), 1), (Reward.Define<TextAnswer>("mine", (a, r) => a.Text == r.Text ? 1 : 0), 1));
        Assert.Equal("(a, r) => a.Text == r.Text ? 1 : 0", Assert.Single(rubric.Sources).Value);
        Sample[] samples =
        [
            Made.Text(EoTask.ImageCaption, "a red ship"),
            Made.Text(EoTask.ImageCaption, "many green trees near a road"),
            Made.Text(EoTask.ImageCaption, "a gray plane"),
        ];
        Assert.Single(rubric.Judge("<answer>a red ship</answer>", samples[0], CoordinateFrame.Percent).Reward.Faults);
        var fitted = rubric.FittedTo(samples);
        Assert.Equal(
            [1, 1],
            fitted.Judge("<answer>a red ship</answer>", samples[0], CoordinateFrame.Percent).Reward.Parts.Select(p => p.Value)
        );
        Assert.Throws<GeoVlmException>(() => rubric.WithRewards((new FormatReward(), double.NaN)));
        Assert.Throws<GeoVlmException>(() => rubric.WithRewards((new FormatReward(), -1)));
    }
}
