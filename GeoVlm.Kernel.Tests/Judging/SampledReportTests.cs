using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging;

public sealed class SampledReportTests
{
    private static readonly CoordinateFrame Frame = CoordinateFrame.Original(200, 200);

    private static Sample Ship(string id, double side) =>
        new(
            id,
            EoTask.ReferredDetection,
            [GeoImage.FromMemory("image", new RgbImage(200, 200))],
            "Where is the ship?",
            new BoxesAnswer([new LabelledBox(new Box(0, 0, side, side), "ship")], Frame)
        );

    private static SampleResult Answered(Sample sample, double value) =>
        new(sample, "", RubricCatalogue.For(sample.Task).Judge("", sample, Frame), new Dictionary<string, double> { ["hit"] = value });

    [Fact]
    public void Best_of_k_takes_the_best_draw_of_each_sample()
    {
        var (a, b) = (Ship("a", 10), Ship("b", 10));
        var report = new SampledReport([
            new([Answered(a, 1), Answered(b, 0)]),
            new([Answered(a, 0), Answered(b, 0)]),
            new([Answered(a, 0), Answered(b, 1)]),
        ]);
        var row = Assert.Single(report.Rows);
        Assert.Equal((3, 2), (report.K, row.Count));
        Assert.Equal(1 / 3.0, row.Mean.Mean, 9);
        Assert.Equal(1, row.Best.Mean);
    }

    [Fact]
    public void A_report_is_divided_by_size_and_by_attribute()
    {
        var report = new EvaluationReport([
            Answered(Ship("a", 31), 1),
            Answered(Ship("b", 33), 0),
            Answered(Ship("c", 96) with { Attributes = new Dictionary<string, string> { ["port"] = "Kiel" } }, 0.5),
        ]);
        Assert.Equal(
            [("1 small", 1.0), ("2 medium", 0.0), ("3 large", 0.5)],
            Breakdown.Of(report, "size").Select(p => (p.Part, p.Report.Row("hit").Mean))
        );
        Assert.Equal(["Kiel", "–"], Breakdown.Of(report, "port").Select(p => p.Part));
        Assert.Equal("ship", Assert.Single(Breakdown.Of(report, "class")).Part);
    }
}
