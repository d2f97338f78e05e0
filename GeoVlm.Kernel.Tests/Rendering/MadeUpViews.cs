using GeoVlm.Data;
using GeoVlm.Data.Checking;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging.Metrics.Counts;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Rendering;
using GeoVlm.Rendering.Charts;

namespace GeoVlm.Tests.Rendering;

/// <summary>Every view once, on made-up values, with one text wherever a stranger's text may stand.</summary>
internal static class MadeUpViews
{
    /// <summary>The views by name.</summary>
    public static IEnumerable<(string Name, IRenderable View)> All(string text, int edge = 224, int shown = 224)
    {
        var image = MadeUpSamples.Busy(edge, edge, 3) with { Name = text };
        double unit = edge / 224.0;
        Box At(double x1, double y1, double x2, double y2) => new(x1 * unit, y1 * unit, x2 * unit, y2 * unit);
        var truth = MadeUpSamples.Boxes(image, text, At(20, 20, 80, 80), At(120, 30, 180, 90), At(40, 130, 100, 200));
        var prediction = MadeUpSamples.Boxes(image, text, At(24, 24, 84, 84), At(150, 30, 210, 90), At(150, 150, 200, 200));
        yield return ("matching", new MatchingView(image, truth, prediction) { EdgePixels = shown });
        yield return (
            "dates",
            new DateStrip(image, MadeUpSamples.Busy(edge, edge, 4), MadeUpSamples.Flat(edge, edge))
            {
                Captions = [text, "2021", "2022"],
                EdgePixels = shown,
            }
        );
        var pair = new Sample(text, EoTask.ChangeDetection, [image, MadeUpSamples.Busy(edge, edge, 5)], text, truth);
        yield return ("change", new ChangeOverlay(pair, prediction, (text, 0.5)) { EdgePixels = shown });
        yield return (
            "segmentation",
            new SegmentationView(
                image,
                32,
                32,
                [.. Enumerable.Range(0, 1024).Select(i => i / 64 % 9 - 1)],
                [text, "water", "road", "field", "wood", "roof", "bare", "x"]
            )
            {
                EdgePixels = shown,
            }
        );
        yield return (
            "caption",
            new CaptionView($"a large harbour with {text} near the runway", "many boats in a large harbour with piers", text)
        );
        yield return (
            "trace",
            new ReasoningTrace(
                image,
                $"<think>two ships {text} at [20,20,80,80] and [120,30,180,90]</think><answer>[24,24,84,84]</answer>",
                CoordinateFrame.Original(224, 224),
                truth
            )
            {
                EdgePixels = shown,
            }
        );
        var group = Group(pair with { Images = [image], Task = EoTask.ReferredDetection }, text, unit);
        yield return ("group", new GroupView(group) { EdgePixels = shown });
        yield return ("verdict", new VerdictCard(group.Group.Prompt.Sample, group.Judgements[0]) { Title = text, EdgePixels = shown });
        yield return (
            "ablation",
            new AblationTable([new(text, text, text, 2, 8, 0.1, new(0.2, 0.1, 0.3), new(0.1, 0.05, 0.2), null)], 1, 2) { Status = text }
        );
        yield return ("check", new CheckReport(new DatasetCheck([new CheckFinding(text, CheckSeverity.Error, text, [pair])], 2, 2)));
        yield return ("rollouts", new RolloutsView(group));
        yield return (
            "tokens",
            new TokenView([
                .. Enumerable.Range(0, 30).Select(i => new TokenNumbers(i == 3 ? text : $" tok{i}", -i * 0.1, i * 0.05, Math.Sin(i))),
            ])
        );
        yield return (
            "attention",
            new AttentionView(
                image,
                ["the ", text + " ", "ship"],
                [
                    .. Enumerable
                        .Range(0, 3)
                        .Select(w => Enumerable.Range(0, 64).Select(i => (double)(i == 9 * (w + 1) ? 1 : 0.01 * (i % 7))).ToArray()),
                ],
                8,
                8
            )
            {
                EdgePixels = shown,
            }
        );
        yield return (
            "confusion",
            new ConfusionView(
                new ConfusionMatrix(
                    new long[,]
                    {
                        { 8, 2 },
                        { 1, 9 },
                    }
                ),
                [text, "water"]
            )
        );
        yield return (
            "intervals",
            new IntervalChart(text, text, (text, new Estimate(0.5, 0.4, 0.6)), ("other", new Estimate(-0.1, -0.3, 0.1))) { Mark = 0 }
        );
        yield return (
            "runs",
            new RunComparison(
                text,
                text,
                (
                    text,
                    [
                        [0.1, 0.4, 0.5],
                        [0.2, 0.3, 0.7],
                    ]
                ),
                (
                    "control",
                    [
                        [0.1, 0.1, 0.2],
                    ]
                )
            )
        );
        yield return ("precision-recall", new PrecisionRecallChart(text, (text, [(0.9, true), (0.8, false), (0.7, true)], 3)));
        yield return ("reliability", new ReliabilityChart(text, [.. Enumerable.Range(0, 100).Select(i => (i / 100.0, i % 3 > 0))]));
    }

    private static JudgedGroup Group(Sample sample, string text, double unit)
    {
        sample = sample with
        {
            Reference = new BoxesAnswer([new(new Box(20 * unit, 20 * unit, 80 * unit, 80 * unit), text)], sample.Frame),
        };
        string[] completions =
        [
            $"<think>{text}</think><answer>[22,20,80,82]</answer>",
            "<answer>[100,100,150,150]</answer>",
            $"no box {text}",
            "<answer>[20,20,60,80]</answer>",
        ];
        var rubric = RubricCatalogue.For(EoTask.ReferredDetection);
        var judged = completions.Select(c => rubric.Judge(c, sample, CoordinateFrame.Original(224, 224))).ToArray();
        double mean = judged.Average(j => j.Reward.Total);
        var rollouts = completions.Select(c => new Rollout(c, [1, 2, 3], [-0.1f, -0.2f, -0.3f], FinishReason.Stop));
        return new JudgedGroup(
            new RolloutGroup(PromptTemplate.Plain.For(sample), sample.Frame, [.. rollouts]),
            judged,
            [.. judged.Select(j => j.Reward.Total - mean)]
        );
    }
}
