using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Synthetic;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>Parsing, matching and scoring of completions, one core; and what the
/// parsers do with noise and with texts made to be slow.</summary>
public sealed class RewardsBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "rewards";

    /// <inheritdoc/>
    public string Summary => "parse, match and score completions on one core; noise and adversarial text";

    /// <inheritdoc/>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation) =>
        [
            Detection(quick, progress, cancellation),
            Tried(progress),
            Captions(quick, progress, cancellation),
            Noise(quick, progress, cancellation),
            Adversarial(progress, cancellation),
        ];

    private static Measurement Detection(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        progress("10,000 detection completions of 20 boxes");
        var sample = SyntheticDataset.Create(new SyntheticOptions { Count = 1, Tasks = [EoTask.ObjectDetection] }).Samples[0];
        string boxes = string.Join(",", Enumerable.Range(0, 20).Select(i => $"[{i * 5},{i * 4},{i * 5 + 30},{i * 4 + 25}]"));
        // The truth has 20 boxes too, each a little off, so that the matching has work to do.
        sample = sample with
        {
            Reference = new BoxesAnswer(
                [.. Enumerable.Range(0, 20).Select(i => new LabelledBox(new Box(i * 5 + 3, i * 4 + 2, i * 5 + 34, i * 4 + 26)))],
                sample.Frame
            ),
        };
        string completion = $"<think>look</think><answer>{boxes}</answer>";
        var rubric = RubricCatalogue.For(EoTask.ObjectDetection);
        for (int i = 0; i < 200; i++)
            rubric.Judge(completion, sample, sample.Frame);
        int count = quick ? 1_000 : 10_000;
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < count && !cancellation.IsCancellationRequested; i++)
            rubric.Judge(completion, sample, sample.Frame);
        double seconds = watch.Elapsed.TotalSeconds * 10_000 / count;
        return new("10,000 detection completions of 20 boxes against 20", seconds, "s", "at most 1 s", seconds <= 1);
    }

    private static Measurement Tried(Action<string> progress)
    {
        progress("one completion tried in a cell");
        var sample = SyntheticDataset.Create(new SyntheticOptions { Count = 1, Tasks = [EoTask.ReferredDetection] }).Samples[0];
        string completion = $"<think>look</think><answer>[10,10,40,40],{AnswerText.Write(sample, sample.Frame)}</answer>";
        var watch = new Stopwatch();
        double[] times =
        [
            .. Enumerable
                .Range(0, 9)
                .Select(_ =>
                {
                    watch.Restart();
                    new VerdictCard(sample, RubricCatalogue.For(sample.Task).Judge(completion, sample, sample.Frame)).Render();
                    return watch.Elapsed.TotalMilliseconds;
                })
                .Order(),
        ];
        return new("one completion scored and drawn with its boxes, median of 9", times[4], "ms", "at most 50 ms", times[4] <= 50);
    }

    private static Measurement Captions(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        progress("CIDEr of 1,000 captions");
        string[] words =
        [
            "a",
            "gray",
            "plane",
            "on",
            "the",
            "runway",
            "and",
            "lawn",
            "beside",
            "many",
            "green",
            "trees",
            "river",
            "some",
            "buildings",
            "are",
            "near",
            "road",
        ];
        var random = new SeededRandom(7);
        string Sentence() => string.Join(' ', Enumerable.Range(0, 12).Select(_ => random.Pick(words)));
        var image = new GeoImage("a", 8, 8, () => new RgbImage(8, 8));
        Sample[] samples =
        [
            .. Enumerable
                .Range(0, quick ? 100 : 1_000)
                .Select(i => new Sample($"{i}", EoTask.ImageCaption, [image], "", new TextAnswer(Sentence()))
                {
                    OtherReferences = [.. Enumerable.Range(0, 4).Select(_ => new TextAnswer(Sentence()))],
                }),
        ];
        var watch = Stopwatch.StartNew();
        var rubric = RubricCatalogue.For(EoTask.ImageCaption).WithRewards((CiderReward.FittedTo(samples), 1));
        foreach (var sample in samples)
            if (!cancellation.IsCancellationRequested)
                rubric.Judge($"<answer>{Sentence()}</answer>", sample, CoordinateFrame.Percent);
        double seconds = watch.Elapsed.TotalSeconds * 1_000 / samples.Length;
        return new("CIDEr of 1,000 captions with 5 references each", seconds, "s", "at most 1 s", seconds <= 1);
    }

    private static Measurement Noise(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        int count = quick ? 20_000 : 1_000_000,
            threw = 0;
        progress($"{count:N0} completions of noise, each read as every task reads");
        var sample = SyntheticDataset.Create(new SyntheticOptions { Count = 1, Tasks = [EoTask.ObjectDetection] }).Samples[0];
        IAnswerParser[] parsers =
        [
            .. RubricCatalogue.All.Select(r => r.Parser),
            new BoxesParser { Lenient = true },
            new PolygonsParser(),
            new PointsParser(),
            ShortAnswerParser.Number,
            ShortAnswerParser.YesNo,
            ShortAnswerParser.Letter,
        ];
        var random = new SeededRandom(1);
        for (int i = 0; i < count && !cancellation.IsCancellationRequested; i++)
        {
            string text = CompletionNoise.Next(random);
            try
            {
                CompletionParser.Parse(
                    text,
                    parsers[i % parsers.Length],
                    sample,
                    CoordinateFrame.Percent,
                    i % 3 == 0 ? AnswerTags.Optional : AnswerTags.Required
                );
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                threw++;
            }
        }
        return new($"of {count:N0} completions of noise, those at which a parser threw", threw, "", "0", threw == 0);
    }

    private static Measurement Adversarial(Action<string> progress, CancellationToken cancellation)
    {
        const int length = 200_000;
        progress("200,000 characters of one repeated piece, each read as every task reads");
        var sample = SyntheticDataset.Create(new SyntheticOptions { Count = 1, Tasks = [EoTask.ObjectDetection] }).Samples[0];
        double slowest = 0;
        foreach (string piece in CompletionNoise.Pieces)
        {
            if (cancellation.IsCancellationRequested)
                break;
            string text = $"<think>t</think><answer>{string.Concat(Enumerable.Repeat(piece, length / piece.Length))}</answer>";
            foreach (var rubric in RubricCatalogue.All.DistinctBy(r => r.Parser.GetType()))
            {
                var watch = Stopwatch.StartNew();
                CompletionParser.Parse(text, rubric.Parser, sample, CoordinateFrame.Percent);
                slowest = Math.Max(slowest, watch.Elapsed.TotalMilliseconds);
            }
        }
        return new("200,000 characters of one repeated piece, the slowest to be read", slowest, "ms", "at most 20 ms", slowest <= 20);
    }
}
