using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging;

public class EvaluatorTests
{
    /// <summary>Forty samples with a box of 10×10 at different places.</summary>
    private static readonly Sample[] Samples =
    [
        .. Enumerable.Range(0, 40).Select(i => Made.Boxes(EoTask.ReferredDetection, new Box(i, 0, i + 10, 10)) with { Id = $"s{i}" }),
    ];

    /// <summary>Answers with the reference box moved to the right by so many pixels.</summary>
    private static ScriptedRolloutEngine Moved(Func<int, int> by) =>
        new(
            (prompt, _) =>
            {
                int i = int.Parse(prompt.Sample.Id[1..]);
                int x = i + by(i);
                return ResponseFormat.Wrap("it is there", $"[{x},0,{x + 10},10]");
            }
        );

    [Fact]
    public void Reports_means_with_intervals_by_task_and_metric()
    {
        // Every other answer is right, the others have IoU 5/15.
        var report = Evaluator.Evaluate(Moved(i => i % 2 * 5), Samples);
        var iou = report.Row("mean IoU");
        Assert.Equal(2.0 / 3, iou.Mean, 12);
        Assert.Equal(40, iou.Count);
        // The standard error of the mean is (1/3)/√40 = 0.0527.
        Assert.InRange(iou.Low, 2.0 / 3 - 0.13, 2.0 / 3 - 0.08);
        Assert.InRange(iou.High, 2.0 / 3 + 0.08, 2.0 / 3 + 0.13);
        Assert.Equal(0.5, report.Row("acc@0.5").Mean, 12);
        Assert.Equal(2.0 / 3 + 0.3, report.Row("reward").Mean, 12);
        var strict = report.Row("strict format", EoTask.ReferredDetection);
        Assert.Equal((1, 1, 1), (strict.Mean, strict.Low, strict.High));
        Assert.Equal("s1", report.Samples[1].SampleId);
        Assert.Equal(1.0 / 3, report.Samples[1].Values["mean IoU"], 12);
        Assert.Contains("It has: ReferredDetection reward", Assert.Throws<GeoVlmException>(() => report.Row("mAP")).Message);
    }

    [Fact]
    public void Two_evaluations_of_the_same_answers_agree_to_the_last_digit() =>
        Assert.Equal(
            Evaluator.Evaluate(Moved(i => i % 3), Samples).Rows,
            Evaluator.Evaluate(Moved(i => i % 3), Samples, new EvaluationOptions { BatchSize = 7 }).Rows
        );

    [Fact]
    public void A_comparison_pairs_the_samples()
    {
        var before = Evaluator.Evaluate(Moved(i => i % 2 * 10), Samples);
        var after = Evaluator.Evaluate(Moved(i => i % 2 * 5), Samples);
        var iou = before.CompareWith(after).Single(d => d.Metric == "mean IoU");
        Assert.Equal((0.5, 2.0 / 3, 1.0 / 6), (iou.Before, iou.After, iou.Difference), new Close());
        // Each difference is 0 or 1/3: the interval is half as wide as it would be if the two were independent of each other.
        Assert.InRange(iou.Low, 1.0 / 6 - 0.07, 1.0 / 6 - 0.03);
        Assert.True(iou.IsClear);
        Assert.False(before.CompareWith(before).Single(d => d.Metric == "mean IoU").IsClear);
    }

    [Fact]
    public void Other_samples_cannot_be_compared()
    {
        var some = Evaluator.Evaluate(Moved(_ => 0), Samples[..3]);
        Assert.Contains(
            "3 samples, the other 2",
            Assert.Throws<GeoVlmException>(() => some.CompareWith(Evaluator.Evaluate(Moved(_ => 0), Samples[..2]))).Message
        );
        Assert.Contains(
            "sample 0 is 's0' in one and 's1'",
            Assert.Throws<GeoVlmException>(() => some.CompareWith(Evaluator.Evaluate(Moved(_ => 0), Samples[1..4]))).Message
        );
    }

    [Fact]
    public void Takes_a_rubric_a_template_and_a_frame_and_tells_its_progress()
    {
        var told = new List<(int, int)>();
        var rubric = RubricCatalogue.For(EoTask.ReferredDetection).WithRewards((Reward.Define("half", (_, _) => 0.5), 2));
        var engine = new ScriptedRolloutEngine(
            (prompt, _) => prompt.Text.StartsWith("You are") ? "<answer>[0,0,1,1]</answer>" : "",
            CoordinateFrame.Model(10, 10)
        );
        var report = Evaluator.Evaluate(
            engine,
            Samples[..3],
            new EvaluationOptions
            {
                Rubrics = [rubric],
                Template = PromptTemplate.GeoVlmR1,
                BatchSize = 2,
                Progress = (done, all) => told.Add((done, all)),
            }
        );
        Assert.Equal(1, report.Samples[0].Values["reward"]);
        Assert.Equal(1, report.Samples[0].Values["mean IoU"]);
        Assert.Equal([(2, 3), (3, 3)], told);
    }

    [Fact]
    public void Says_every_problem_with_its_options_at_once()
    {
        var options = new EvaluationOptions
        {
            BatchSize = 0,
            Sampling = new SamplingOptions { GroupSize = 4 },
        };
        string message = Assert.Throws<GeoVlmException>(() => Evaluator.Evaluate(Moved(_ => 0), Samples, options)).Message;
        Assert.Contains("BatchSize", message);
        Assert.Contains("GroupSize", message);
        Assert.Throws<GeoVlmException>(() => Evaluator.Evaluate(Moved(_ => 0), []));
        Assert.Throws<OperationCanceledException>(() =>
            Evaluator.Evaluate(Moved(_ => 0), Samples, new EvaluationOptions { Cancellation = new CancellationToken(true) })
        );
    }

    private sealed class Close : IEqualityComparer<(double, double, double)>
    {
        public bool Equals((double, double, double) a, (double, double, double) b) =>
            Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) + Math.Abs(a.Item3 - b.Item3) < 1e-9;

        public int GetHashCode((double, double, double) value) => 0;
    }
}
