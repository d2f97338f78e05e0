using GeoVlm.Data;

namespace GeoVlm.Judging;

/// <summary>Ways to divide the samples of an evaluation, for tables by size, class or any attribute.</summary>
public static class Breakdown
{
    /// <summary>Names of the ways that every dataset has; any attribute of the samples is one too.</summary>
    public static IReadOnlyList<string> Names { get; } = ["size", "class", "objects", "split"];

    /// <summary>The rows of a report for each part.</summary>
    /// <param name="report">The evaluation.</param>
    /// <param name="by">
    /// <c>size</c>: the reference's mean area in COCO's classes (small below 32², large from 96² original pixels); <c>class</c>: label of
    /// the reference boxes, or the reference text of a classification; <c>objects</c>: one or several; <c>split</c>; or the name of an
    /// attribute.
    /// </param>
    /// <returns>Name of each part with its report; samples that the division says nothing about are under "–".</returns>
    public static IReadOnlyList<(string Part, EvaluationReport Report)> Of(EvaluationReport report, string by) =>
        [
            .. report
                .Samples.GroupBy(s => PartOf(s.Sample, by))
                .OrderBy(g => g.Key == "–")
                .ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => (g.Key, new EvaluationReport([.. g]))),
        ];

    private static string PartOf(Sample sample, string by) =>
        by switch
        {
            "size" => SizeOf(sample),
            "class" => ClassOf(sample),
            "objects" => Boxes(sample) is { } boxes
                ? boxes.Count switch
                {
                    0 => "none",
                    1 => "one",
                    _ => "several",
                }
                : "–",
            "split" => sample.Split.Length > 0 ? sample.Split : "–",
            _ => sample.Attributes.GetValueOrDefault(by, "–"),
        };

    private static IReadOnlyList<LabelledBox>? Boxes(Sample sample) =>
        sample.Reference switch
        {
            BoxesAnswer boxes => boxes.In(sample.Frame).Objects,
            GroundedTextAnswer grounded => grounded.Boxes.In(sample.Frame).Objects,
            _ => null,
        };

    private static string SizeOf(Sample sample)
    {
        if (Boxes(sample) is not { Count: > 0 } boxes)
            return "–";
        return boxes.Average(b => b.Oriented?.Area ?? b.Box.Area) switch
        {
            < 32 * 32 => "1 small",
            < 96 * 96 => "2 medium",
            _ => "3 large",
        };
    }

    private static string ClassOf(Sample sample)
    {
        string[] labels =
            Boxes(sample)?.Select(b => b.Label).Where(l => l.Length > 0).Distinct().ToArray()
            ?? (
                sample.Task is EoTask.SceneClassification or EoTask.TemporalClassification or EoTask.DisasterType or EoTask.DamageLevel
                && sample.Reference is TextAnswer text
                    ? [text.Text]
                    : []
            );
        return labels.Length switch
        {
            0 => "–",
            1 => labels[0],
            _ => "several classes",
        };
    }
}
