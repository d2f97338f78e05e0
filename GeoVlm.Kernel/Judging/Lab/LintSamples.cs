using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging.Lab;

/// <summary>The samples on which rewards are attacked where the user names none: the worked
/// examples, and the cases that published rewards forget.</summary>
public static class LintSamples
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Sample> All { get; } =
    [
        .. TaskExample.All.Select(e => e.Sample),
        Boxes("small-object", EoTask.VisualGrounding, (200, 150, 208, 158, "")),
        Boxes("nothing-there", EoTask.ObjectDetection),
        Boxes(
            "labelled",
            EoTask.ObjectDetection,
            (60, 72, 121, 98, "ship"),
            (177, 235, 241, 253, "ship"),
            (300, 310, 330, 350, "plane"),
            (20, 400, 44, 430, "tank")
        ),
        Boxes("small-objects", EoTask.ObjectDetection, (50, 60, 58, 67, ""), (300, 200, 309, 206, "")),
        Boxes("no-change", EoTask.ChangeDetection),
        Text(
            "caption-of-several",
            EoTask.ImageCaption,
            "A gray plane on the runway beside the lawn.",
            "A plane is parked near a green lawn."
        ),
        Text("count-none", EoTask.VisualQuestionAnswering, "0"),
        Text("damage", EoTask.DamageLevel, "major-damage"),
        new("single-label", EoTask.MultiLabelClassification, [Image()], "Which classes hold ?", new LabelsAnswer(["Marine waters"])),
    ];

    private static Sample Boxes(string id, EoTask task, params (double X1, double Y1, double X2, double Y2, string Label)[] boxes) =>
        new(
            id,
            task,
            task == EoTask.ChangeDetection ? [Image(), Image()] : [Image()],
            "",
            new BoxesAnswer(
                [.. boxes.Select(b => new LabelledBox(new Box(b.X1, b.Y1, b.X2, b.Y2), b.Label))],
                CoordinateFrame.Original(448, 448)
            )
        );

    private static Sample Text(string id, EoTask task, string text, params string[] others) =>
        new(id, task, [Image()], "", new TextAnswer(text)) { OtherReferences = [.. others.Select(o => new TextAnswer(o))] };

    private static GeoImage Image() => new("image", 448, 448, () => new RgbImage(448, 448));
}
