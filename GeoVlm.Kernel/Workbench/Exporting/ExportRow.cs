using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;

namespace GeoVlm.Workbench.Exporting;

/// <summary>A sample on its way into a table: pictures as PNG, and what the reward service must know of it.</summary>
/// <param name="Id">Id of the sample.</param>
/// <param name="Task">Its task.</param>
/// <param name="Prompt">The user's turn.</param>
/// <param name="Images">PNG bytes of each picture.</param>
/// <param name="Reference">The reference: words, or boxes as JSON in original pixels.</param>
/// <param name="Width">Columns of the last picture, in pixels.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Frame">Units of coordinates in completions: the picture after resizing.</param>
internal sealed record ExportRow(
    string Id,
    string Task,
    string Prompt,
    IReadOnlyList<byte[]> Images,
    string Reference,
    int Width,
    int Height,
    string Frame
)
{
    /// <summary>The row of a sample.</summary>
    /// <exception cref="GeoVlmException">A picture cannot be read.</exception>
    public static ExportRow Of(Sample sample, ExportJob job)
    {
        var last = sample.Images[^1];
        var (width, height) = job.Preprocessor.ResizedSize(last.Width, last.Height);
        return new(
            sample.Id,
            EoTaskNames.Of(sample.Task),
            job.PromptOf(sample),
            [.. sample.Images.Select(i => ImageEncoder.Png(i.Load()))],
            Written(sample),
            last.Width,
            last.Height,
            $"{width}x{height}"
        );
    }

    /// <summary>The fields that <c>/v1/rewards</c> reads, as JSON.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(
            new
            {
                id = Id,
                task = Task,
                reference = Reference,
                width = Width,
                height = Height,
                frame = Frame,
                reference_frame = "pixels",
            }
        );

    private static string Written(Sample sample) =>
        sample.Reference switch
        {
            BoxesAnswer boxes => Boxes(boxes.In(sample.Frame)),
            GroundedTextAnswer grounded => $"{grounded.Text} {Boxes(grounded.Boxes.In(sample.Frame))}",
            LabelsAnswer labels => JsonSerializer.Serialize(labels.Labels),
            TextAnswer text => text.Text,
            _ => throw new GeoVlmException(
                $"Sample '{sample.Id}': a reference of kind {sample.Reference.GetType().Name} cannot be exported."
            ),
        };

    private static string Boxes(BoxesAnswer boxes) =>
        JsonSerializer.Serialize(boxes.Objects.Select(o => new { bbox = Numbers(o), label = o.Label }));

    private static double[] Numbers(LabelledBox item)
    {
        if (item.Oriented?.AsTurned(AngleConvention.CounterClockwiseDegrees) is not var (box, angle))
            return [item.Box.X1, item.Box.Y1, item.Box.X2, item.Box.Y2];
        return angle == 0 ? [item.Box.X1, item.Box.Y1, item.Box.X2, item.Box.Y2] : [box.X1, box.Y1, box.X2, box.Y2, angle];
    }
}
