using GeoVlm.Data;
using GeoVlm.Learning;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning;

public class PromptOrderTests
{
    private static readonly IReadOnlyList<Sample> samples = TinyPolicy.Samples(
        12,
        EoTask.ReferredDetection,
        EoTask.SceneClassification,
        EoTask.ObjectDetection
    );

    [Fact]
    public void Every_sample_comes_once_in_an_epoch_and_each_epoch_is_shuffled_anew()
    {
        var order = new PromptOrder(samples, PromptOrdering.Shuffled, 1, 24);
        var first = order.Take(12);
        var second = order.Take(12);
        Assert.Equal(Enumerable.Range(0, 12), first.Order());
        Assert.Equal(Enumerable.Range(0, 12), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(24, order.Taken);
    }

    [Fact]
    public void Successive_tasks_share_the_run_one_after_the_other()
    {
        var order = new PromptOrder(samples, PromptOrdering.Successive, 1, 30);
        var tasks = order.Take(30).Select(i => samples[i].Task).ToArray();
        Assert.Equal(
            [EoTask.ReferredDetection, EoTask.SceneClassification, EoTask.ObjectDetection],
            tasks.Chunk(10).Select(c => Assert.Single(c.Distinct()))
        );
        Assert.Equal(EoTask.ObjectDetection, samples[order.Take(1)[0]].Task); // past the end the last task goes on
    }

    [Fact]
    public void Easy_first_begins_with_few_boxes()
    {
        var boxes = TinyPolicy.Samples(20, EoTask.ObjectDetection);
        var counts = new PromptOrder(boxes, PromptOrdering.EasyFirst, 1, 20)
            .Take(20)
            .Select(i => ((BoxesAnswer)boxes[i].Reference).Objects.Count)
            .ToArray();
        Assert.Equal(counts.Order(), counts);
        Assert.True(counts[^1] > counts[0]);
    }
}
