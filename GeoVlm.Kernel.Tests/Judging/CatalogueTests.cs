using System.Reflection;
using GeoVlm.Data;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging;

public class CatalogueTests
{
    [Fact]
    public void Finds_by_name_and_suggests_the_nearest()
    {
        Assert.IsType<BoxIoUReward>(RewardCatalogue.Find("IoU"));
        Assert.IsType<MeanIoU>(MetricCatalogue.Find("mean IoU"));
        Assert.Contains("Did you mean 'detection-f1'?", Assert.Throws<GeoVlmException>(() => RewardCatalogue.Find("detection_f1")).Message);
    }

    [Fact]
    public void Every_named_form_of_a_reward_is_in_the_catalogue()
    {
        var forms = typeof(IReward)
            .Assembly.GetTypes()
            .Where(t => t.IsAssignableTo(typeof(IReward)))
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(p => p.PropertyType.IsAssignableTo(typeof(IReward)))
            .Select(p => (IReward)p.GetValue(null)!)
            .ToArray();
        Assert.True(forms.Length > 30, $"found only {forms.Length}");
        Assert.Empty(forms.Except(RewardCatalogue.All).Select(r => r.Name));
    }

    [Fact]
    public void Every_task_has_a_rubric_whose_metrics_apply()
    {
        foreach (var task in Enum.GetValues<EoTask>())
        {
            var rubric = RubricCatalogue.For(task);
            Assert.Equal(task, rubric.Task);
            Assert.True(rubric.Metrics.Count >= 2, $"{task} has no metric of its own");
            Assert.Equal([RubricCatalogue.TaskWeight, RubricCatalogue.FormatWeight], rubric.Rewards.Select(r => r.Weight));
        }
        Assert.Equal(Enum.GetValues<EoTask>().Length, RubricCatalogue.All.Count);
    }
}
