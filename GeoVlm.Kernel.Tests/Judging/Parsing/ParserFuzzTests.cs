using CsCheck;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Parsing;

/// <summary>Completions as a half-trained policy writes them: pieces of the format in any order, with some noise.</summary>
public class ParserFuzzTests
{
    private static readonly string[] Pieces = [.. CompletionNoise.Pieces];

    private static readonly Gen<string> Completion = Gen.Frequency(
        (8, Gen.OneOf(Pieces).Array[0, 14].Select(string.Concat)),
        (1, Gen.String[0, 30]),
        (6, Gen.OneOf(Pieces).Array[0, 8].Select(p => "<think>t</think><answer>" + string.Concat(p) + "</answer>"))
    );

    private static readonly Sample[] Asked =
    [
        Made.Boxes(EoTask.ReferredDetection, new Box(10, 20, 30, 40)),
        Made.Boxes(EoTask.ObjectDetection, new Box(10, 20, 30, 40), new Box(1, 2, 3, 4)),
        Made.Boxes(EoTask.ChangeDetection, new Box(1, 2, 3, 4)) with
        {
            ChangeMask = Mask.FromBoxes(8, 8, [new Box(1, 2, 3, 4)]),
        }, // small, to be quick
        Made.Text(EoTask.ImageCaption, "a ship", "yes"),
        Made.Text(EoTask.VisualQuestionAnswering, "yes"),
        Made.Text(EoTask.AffectedCount, "many"),
        Made.Sample(EoTask.MultiLabelClassification, new LabelsAnswer(["Beaches, dunes, sands", "harbor"])),
        Made.Sample(EoTask.GroundedCaption, new GroundedTextAnswer("a ship", Made.Answer(new Box(10, 20, 30, 40)))),
        Made.Boxes(EoTask.OrientedDetection, new Box(10, 20, 30, 40)),
    ];

    // Real answers in every notation, with characters lost, doubled, swapped or strange.
    private static readonly Gen<string> Broken = Gen.ULong.Select(seed => CompletionNoise.Mutated(new SeededRandom(seed)));

    [Fact]
    public void Any_completion_is_judged_without_throwing_and_within_range() => Check(Completion, 100_000, 10_000);

    [Fact]
    public void Broken_answers_of_models_are_judged_without_throwing_and_within_range() => Check(Broken, 60_000, 10_000);

    /// <summary>The parsers that no rubric has by default, and digits of other scripts, which a regular expression may take for
    /// numbers.</summary>
    [Fact]
    public void Parsers_outside_the_rubrics_never_throw_either()
    {
        IAnswerParser[] parsers =
        [
            new BoxesParser { Lenient = true },
            new PointsParser(),
            new PolygonsParser(),
            ShortAnswerParser.Number,
            ShortAnswerParser.YesNo,
            ShortAnswerParser.Letter,
        ];
        foreach (string digits in new[] { "\u0661,\u0662", "[\u0ce8,1,2,3]", "(\u17e9, 2)", "POLYGON ((1\ua8f8 2))" })
        foreach (var parser in parsers)
            parser.TryParse(digits, CoordinateFrame.Percent, out _, out _);
        Gen.Select(Broken, Gen.OneOf(parsers))
            .Sample(
                (text, parser) =>
                {
                    var read = CompletionParser.Parse(text, parser, Asked[0], CoordinateFrame.Percent, AnswerTags.Optional);
                    Assert.True(read.Answer is null != read.Failure is null);
                },
                iter: 40_000
            );
    }

    private static void Check(Gen<string> completions, int count, int leastAnswers)
    {
        int answers = 0;
        Gen.Select(completions, Gen.OneOf(Asked))
            .Sample(
                (text, sample) =>
                {
                    var rubric = RubricCatalogue.For(sample.Task);
                    var judged = rubric.Judge(text, sample, CoordinateFrame.Percent);
                    var read = judged.Completion;
                    if (read.Answer is not null)
                        Interlocked.Increment(ref answers);
                    Assert.True(read.Answer is null != read.Failure is null);
                    Assert.InRange(read.Failure?.Position ?? 0, 0, text.Length);
                    Assert.True(
                        read.Boxes is null
                            || read.Boxes.All(b => b is { Width: >= 0, Height: >= 0 } && double.IsFinite(b.X1 + b.Y1 + b.X2 + b.Y2))
                    );
                    foreach (var part in judged.Reward.Parts)
                        Assert.InRange(part.Value, 0, 1);
                    if (sample.Reference is BoxesAnswer or TextAnswer)
                        foreach (var metric in rubric.Metrics)
                            Assert.InRange(metric.Score(read, sample), 0, 1);
                },
                iter: count
            );
        Assert.True(answers > leastAnswers, $"only {answers} completions had an answer: the fuzz says little");
    }
}
