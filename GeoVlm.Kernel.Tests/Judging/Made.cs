using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging;

/// <summary>Small samples and completions, so that a test shows only what it is about.</summary>
internal static class Made
{
    public const int Side = 100;

    public static Sample Sample(EoTask task, Answer reference, string id = "s1") =>
        new(id, task, [new GeoImage("a", Side, Side, () => new RgbImage(Side, Side))], "detect the ship", reference);

    public static Sample Boxes(EoTask task, params Box[] boxes) => Sample(task, Answer(boxes));

    public static Sample Text(EoTask task, string text, params string[] others) =>
        Sample(task, new TextAnswer(text)) with
        {
            OtherReferences = [.. others.Select(t => new TextAnswer(t))],
        };

    public static BoxesAnswer Answer(params Box[] boxes) =>
        new([.. boxes.Select(b => new LabelledBox(b))], CoordinateFrame.Original(Side, Side));

    /// <summary>The answer in the strict format, read as the task's rubric reads it, written in original pixels.</summary>
    public static ParsedCompletion Read(Sample sample, string answer) =>
        CompletionParser.Parse($"<think>x</think><answer>{answer}</answer>", RubricCatalogue.For(sample.Task).Parser, sample, sample.Frame);
}
