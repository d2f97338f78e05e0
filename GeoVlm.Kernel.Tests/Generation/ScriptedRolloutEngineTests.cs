using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Tests.Judging;

namespace GeoVlm.Tests.Generation;

public class ScriptedRolloutEngineTests
{
    private static readonly Prompt Asked = PromptTemplate.Plain.For(Made.Boxes(EoTask.ReferredDetection, new Box(1, 2, 3, 4)));

    [Fact]
    public void Says_what_the_script_says_for_each_rollout()
    {
        var engine = new ScriptedRolloutEngine((p, i) => $"{p.Text} {i}");
        var group = Assert.Single(engine.Generate([Asked], new SamplingOptions { GroupSize = 2 }, TestContext.Current.CancellationToken));
        Assert.Equal(["detect the ship 0", "detect the ship 1"], group.Rollouts.Select(r => r.Text));
        Assert.Equal(Asked.Sample.Frame, group.Frame);
        Assert.All(group.Rollouts, r => Assert.Equal(r.Text.Length, r.LogProbs.Count));
        Assert.Equal('d', group.Rollouts[0].TokenIds[0]);
    }

    [Fact]
    public void Writes_in_the_frame_of_choice_and_stops_when_cancelled()
    {
        var engine = new ScriptedRolloutEngine((_, _) => "x", CoordinateFrame.Percent);
        Assert.Equal(
            CoordinateFrame.Percent,
            engine.Generate([Asked], SamplingOptions.Greedy, TestContext.Current.CancellationToken)[0].Frame
        );
        Assert.Throws<OperationCanceledException>(() => engine.Generate([Asked], SamplingOptions.Greedy, new CancellationToken(true)));
    }
}
