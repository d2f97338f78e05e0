using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Metrics.Corpus;

namespace GeoVlm.Tests.Judging.Metrics;

public class DamageMetricsTests
{
    [Fact]
    public void Painted_boxes_give_the_challenge_s_score()
    {
        // 100 pixels of each level, all right but the destroyed block, of which half is called major: damage F1 1, 1, 2/2.5, 2/3.
        LabelledBox[] truth = [Block(0, "no-damage"), Block(1, "minor-damage"), Block(2, "major damage"), Block(3, "destroyed")];
        LabelledBox[] answer = [.. truth[..3], new(new Box(0, 30, 10, 35), "destroyed"), new(new Box(0, 35, 10, 40), "major-damage")];
        var values = Values(Sample(EoTask.DisasterDetection, truth), answer);
        Assert.Equal(1, values["xView2 localization F1"]!.Value, 12);
        Assert.Equal(0.8, values["damage F1, major damage"]!.Value, 12);
        Assert.Equal(2.0 / 3, values["damage F1, destroyed"]!.Value, 12);
        Assert.Equal(0.3 + 0.7 * 4 / (1 + 1 + 1.25 + 1.5), values["xView2 score"]!.Value, 5);
    }

    [Fact]
    public void Without_levels_only_the_localization_is_defined()
    {
        var values = Values(Sample(EoTask.DisasterDetection, Block(0, "building")), Block(0, "building"));
        Assert.Equal(1, values["xView2 localization F1"]);
        Assert.Null(values["xView2 score"]);
    }

    [Theory]
    [InlineData("No-Damage.", 1)]
    [InlineData("minor_damage", 2)]
    [InlineData("It is a building with major damage", 3)]
    [InlineData("Destroyed", 4)]
    [InlineData("un-classified", 0)]
    public void Levels_are_read_as_people_write_them(string text, int level) => Assert.Equal(level, DamageMetrics.Level(text));

    private static LabelledBox Block(int row, string label) => new(new Box(0, 10 * row, 10, 10 * row + 10), label);

    private static Sample Sample(EoTask task, params LabelledBox[] objects) =>
        Made.Sample(task, new BoxesAnswer(objects, CoordinateFrame.Original(Made.Side, Made.Side)));

    private static Dictionary<string, double?> Values(Sample sample, params LabelledBox[] answer)
    {
        var completion = Made.Read(sample, "[]") with { Answer = new BoxesAnswer(answer, sample.Frame) };
        var prepared = new DamageMetrics().Prepare([new Prediction(sample, completion)]);
        return prepared.Definitions.Zip(prepared.Score([0])).ToDictionary(v => v.First.Name, v => v.Second);
    }
}
