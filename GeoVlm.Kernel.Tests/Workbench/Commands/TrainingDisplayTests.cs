using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Rendering;
using GeoVlm.Tests.Models;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Tests.Workbench.Commands;

public sealed class TrainingDisplayTests
{
    [Fact]
    public void What_passes_has_no_static_picture_and_the_end_has()
    {
        using var policy = TinyPolicy.Load();
        GrpoConfig config = new()
        {
            Steps = 2,
            PromptsPerStep = 1,
            GroupSize = 2,
            MaxCompletionTokens = 8,
        };
        using var trainer = new GrpoTrainer(policy, TinyPolicy.Samples(4), s => RubricCatalogue.For(s.Task), config);
        RecordingHost host = new();
        TrainingDisplay display = new(host, 0, 10);
        List<StepRecord> records = [];
        for (int i = 0; i < 2; i++)
        {
            records.Add(trainer.Step(TestContext.Current.CancellationToken));
            display.Show(records, trainer.LatestRollouts);
        }
        Assert.InRange(host.Displays.Count, 2, 3); // curves and group of the first step, of the second at most curves
        Assert.All(host.Displays, d => Assert.DoesNotContain(MimeBundle.Png, d.Bundle.Data.Keys));

        host.Displays.Clear();
        display.Show(records, "stopped");
        Assert.Equal(2, host.Displays.Count);
        Assert.All(host.Displays, d => Assert.True(d.IsUpdate && d.Bundle.Data.ContainsKey(MimeBundle.Png)));
    }
}
