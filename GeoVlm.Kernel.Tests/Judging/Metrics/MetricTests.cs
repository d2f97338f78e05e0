using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Tests.Judging.Metrics;

/// <summary>Every metric on cases small enough to work by hand. The image is 100×100.</summary>
public class MetricTests
{
    private static double Value(IMetric metric, Sample sample, string answer) => metric.Score(Made.Read(sample, answer), sample);

    [Theory]
    [InlineData("[0,0,10,10]", 1, 1)]
    [InlineData("[0,0,10,5]", 0.5, 1)]
    [InlineData("[5,0,15,10]", 1.0 / 3, 0)]
    [InlineData("[0,0,10,10],[0,0,10,10]", 0, 0)]
    [InlineData("somewhere", 0, 0)]
    public void One_box(string answer, double iou, double hit)
    {
        var sample = Made.Boxes(EoTask.ReferredDetection, new Box(0, 0, 10, 10));
        Assert.Equal(iou, Value(new MeanIoU(), sample, answer), 12);
        Assert.Equal(hit, Value(new AccuracyAt50(), sample, answer), 12);
    }

    [Theory]
    [InlineData("[50,50,60,60],[0,0,10,10]", 1, 1)]
    [InlineData("[5,0,15,10],[50,50,60,60]", 2.0 / 3, 0.5)]
    [InlineData("[0,0,10,10]", 0.5, 2.0 / 3)]
    [InlineData("", 0, 0)]
    [InlineData("two ships", 0, 0)]
    public void Several_boxes(string answer, double score, double f1)
    {
        var sample = Made.Boxes(EoTask.ObjectDetection, new Box(0, 0, 10, 10), new Box(50, 50, 60, 60));
        Assert.Equal(score, Value(new DetectionScore(), sample, answer), 12);
        Assert.Equal(f1, Value(new DetectionF1(), sample, answer), 12);
    }

    [Theory]
    [InlineData("[0,0,10,10]", 1, 1)]
    [InlineData("[5,0,15,10]", 1.0 / 3, 0.5)]
    [InlineData("", 0, 0)]
    [InlineData("nothing", 0, 0)]
    public void Change(string answer, double iou, double f1)
    {
        var mask = Mask.FromBoxes(Made.Side, Made.Side, [new Box(0, 0, 10, 10)]);
        var sample = Made.Boxes(EoTask.ChangeDetection) with { ChangeMask = mask };
        Assert.Equal(iou, Value(new ChangeIoU(), sample, answer), 12);
        Assert.Equal(f1, Value(new ChangeF1(), sample, answer), 12);
    }

    [Fact]
    public void Words()
    {
        Assert.Equal(1, Value(new ExactMatch(), Made.Text(EoTask.VisualQuestionAnswering, "yes"), "Yes."));
        Assert.Equal(0, Value(new ExactMatch(), Made.Text(EoTask.VisualQuestionAnswering, "yes"), "yes no"));
        Assert.Equal(0.8, Value(new TokenF1(), Made.Text(EoTask.ImageCaption, "trees", "a red ship"), "red ship"), 12);
    }

    [Fact]
    public void Labels_named_in_vain_cost()
    {
        var sample = Made.Sample(EoTask.MultiLabelClassification, new LabelsAnswer(["water", "ship"]));
        double Of(string answer) =>
            new LabelF1().Score(
                CompletionParser.Parse($"<think></think><answer>{answer}</answer>", new LabelsParser(), sample, sample.Frame),
                sample
            );
        Assert.Equal(1, Of("ship, water"), 12);
        Assert.Equal(2.0 * 2 / (2 + 5), Of("ship, water, road, field, tank"), 12);
        Assert.Contains(MetricCatalogue.For(EoTask.MultiLabelClassification), m => m is LabelF1);
    }

    [Fact]
    public void Format_counts_only_the_strict_one()
    {
        var sample = Made.Boxes(EoTask.ReferredDetection, new Box(0, 0, 10, 10));
        Assert.Equal(1, Value(new StrictFormatRate(), sample, "nonsense"));
        Assert.Equal(
            0,
            new StrictFormatRate().Score(
                CompletionParser.Parse("<answer>[0,0,10,10]</answer>", new BoxesParser(), sample, sample.Frame),
                sample
            )
        );
    }
}
