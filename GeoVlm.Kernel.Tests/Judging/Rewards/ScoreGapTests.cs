using GeoVlm.Data;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rewards.Judges;

namespace GeoVlm.Tests.Judging.Rewards;

public class ScoreGapTests
{
    [Fact]
    public void Only_what_is_graded_above_the_reference_earns()
    {
        // A judge that likes length and never looks at the reference.
        var judge = new DefinedReward("length-judge", (completion, _) => Math.Min(1, (completion.Words?.Length ?? 0) / 20.0), "", "");
        var reward = new ScoreGapReward(judge);
        var sample = Made.Text(EoTask.ImageCaption, "ten letter");
        double Of(string answer) => reward.Score(Made.Read(sample, answer), sample).Value;
        Assert.Equal(0, Of("ten letter"));
        Assert.Equal(0, Of("short"));
        Assert.Equal(1 - Math.Exp(-1), Of("just twenty letters!"), 9); // grades 10 and 5, a gap of 5
    }

    [Fact]
    public void A_shortcut_earns_nothing_above_itself()
    {
        var sample = Made.Boxes(EoTask.VisualGrounding, new GeoVlm.Data.Geometry.Box(0, 0, 10, 10));
        var corrected = new BoxIoUReward().Clip(0.2, 1);
        Assert.Equal(0, corrected.Score(Made.Read(sample, "[0,0,10,2]"), sample).Value);
        Assert.Equal(0.375, corrected.Score(Made.Read(sample, "[0,0,10,5]"), sample).Value, 9);
        Assert.Equal(1, corrected.Score(Made.Read(sample, "[0,0,10,10]"), sample).Value);
    }
}
