using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning.Pretraining;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning.Pretraining;

public class WeakLabelsTests
{
    [Fact]
    public void Weak_answers_mix_formats_and_draw_boxes_too_large()
    {
        var frame = CoordinateFrame.Model(112, 112);
        var weak = new WeakLabels(frame);
        var random = new SeededRandom(1);
        var judged = TinyPolicy
            .Samples(300)
            .Select(s => (Sample: s, Judgement: RubricCatalogue.For(s.Task).Judge(weak.Answer(s, random), s, frame)))
            .ToArray();
        double strict = judged.Count(j => j.Judgement.Completion.StrictFormat) / (double)judged.Length;
        Assert.InRange(strict, 0.4, 0.8);
        // Left-top-width-height answers are read as corners and are often no box at all; of those that overlap, nearly all are too large.
        var areas = judged
            .Where(j => j.Judgement.Reward.Parts[0].Value > 0.3)
            .Select(j =>
                ((BoxesAnswer)j.Judgement.Completion.Answer!).Objects[0].Box.Area / ((BoxesAnswer)j.Sample.Reference).Objects[0].Box.Area
            )
            .Order()
            .ToArray();
        Assert.InRange(areas[areas.Length / 2], 1.4, 2.2);
    }
}
