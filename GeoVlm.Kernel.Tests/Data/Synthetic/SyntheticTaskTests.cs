using GeoVlm.Data;
using GeoVlm.Data.Checking;
using GeoVlm.Data.Synthetic;

namespace GeoVlm.Tests.Data.Synthetic;

public class SyntheticTaskTests
{
    private static readonly EoDataset all = SyntheticDataset.Create(
        new()
        {
            Count = 18 * 12,
            Tasks = SyntheticDataset.AllTasks,
            Varied = true,
        }
    );

    [Fact]
    public void Every_task_is_asked_with_an_answer_of_its_kind_and_the_dates_it_needs()
    {
        Assert.Equal(Enum.GetValues<EoTask>().Length, all.Tasks.Count);
        Assert.All(all.Samples, s => Assert.True(s.Question.Length > 0 && s.Reasoning.Length > 0, s.Id));
        Assert.All(all.OfTask(EoTask.TemporalClassification).Samples, s => Assert.Equal(4, s.Images.Count));
        Assert.All(all.OfTask(EoTask.DisasterDetection).Samples, s => Assert.Equal(2, s.Images.Count));
        Assert.All(
            all.OfTask(EoTask.OrientedDetection).Samples,
            s => Assert.All(((BoxesAnswer)s.Reference).Objects, o => Assert.NotNull(o.Oriented))
        );
        foreach (var task in new[] { EoTask.ImageCaption, EoTask.RegionCaption, EoTask.ChangeCaption, EoTask.DamageCaption })
            Assert.All(all.OfTask(task).Samples, s => Assert.Equal(5, s.OtherReferences.Append(s.Reference).Distinct().Count()));
        Assert.Equal(["earthquake", "flood"], Answers(EoTask.DisasterType).Distinct().Order());
        Assert.All(
            Answers(EoTask.DamageLevel),
            a => Assert.Contains(a, new[] { "no-damage", "minor-damage", "major-damage", "destroyed" })
        );
        Assert.True(Answers(EoTask.DamageLevel).Distinct().Count() >= 3);
        Assert.Contains(
            all.OfTask(EoTask.VisualQuestionAnswering).Samples,
            s => s.Question.Contains("more") || s.Question.Contains("rural")
        );
        Assert.All(all.OfTask(EoTask.MultiLabelClassification).Samples, s => Assert.True(((LabelsAnswer)s.Reference).Labels.Count >= 2));
        Assert.DoesNotContain(all.Check(new CheckOptions { Images = 0 }).Findings, f => f.Severity == CheckSeverity.Error);
    }

    [Fact]
    public void A_sentence_fits_the_one_object_whose_box_answers_it()
    {
        foreach (var sample in SyntheticDataset.Create(new() { Count = 60, Tasks = [EoTask.VisualGrounding] }).Samples)
        {
            var one = ((BoxesAnswer)sample.Reference).Objects.Single();
            string[] words = sample.Question.Split(' ');
            if (words[2] != "leftmost")
                continue;
            Assert.Equal(sample.Objects.Where(o => o.Label == words[3]).MinBy(o => o.Box.X1 + o.Box.X2)!.Box, one.Box);
        }
    }

    [Fact]
    public void Held_out_combinations_are_never_in_training_and_always_in_the_test()
    {
        string[] heldOut = ["red ship", "blue aircraft", "yellow tank", "white building"];
        string[] Captions(CombinationRule rule) =>
            [
                .. SyntheticDataset
                    .Create(
                        new()
                        {
                            Count = 60,
                            Tasks = [EoTask.GroundedCaption],
                            Combinations = rule,
                        }
                    )
                    .Samples.Select(s => ((GroundedTextAnswer)s.Reference).Text),
            ];
        Assert.DoesNotContain(Captions(CombinationRule.Seen), c => heldOut.Any(c.Contains));
        Assert.All(Captions(CombinationRule.Unseen), c => Assert.Contains(heldOut, c.Contains));
        Assert.Equal(Captions(CombinationRule.Unseen), Captions(CombinationRule.Unseen));
    }

    private static IEnumerable<string> Answers(EoTask task) => all.OfTask(task).Samples.Select(s => ((TextAnswer)s.Reference).Text);
}
