using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Prompts;

/// <summary>Writes an answer as the text that a model is taught to give and a parser reads back.</summary>
public static class AnswerText
{
    /// <summary>A box as <c>[x1,y1,x2,y2]</c> with whole numbers, in the frame it is given in.</summary>
    public static string Write(Box box) =>
        string.Create(CultureInfo.InvariantCulture, $"[{Round(box.X1)},{Round(box.Y1)},{Round(box.X2)},{Round(box.Y2)}]");

    /// <summary>The answer; boxes are converted to <paramref name="frame"/> and joined by commas.</summary>
    public static string Write(Answer answer, CoordinateFrame frame) =>
        answer switch
        {
            TextAnswer text => text.Text,
            BoxesAnswer boxes => string.Join(",", boxes.In(frame).Objects.Select(o => Write(o.Box))),
            LabelsAnswer labels => string.Join(", ", labels.Labels),
            GroundedTextAnswer grounded => $"{grounded.Text} {Write(grounded.Boxes, frame)}",
            PointsAnswer points => string.Join(
                ",",
                points.In(frame).Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"[{Round(p.X)},{Round(p.Y)}]"))
            ),
            MaskAnswer mask => Write(mask.Grid),
            _ => throw new ArgumentException($"no text form for {answer.GetType().Name}", nameof(answer)),
        };

    /// <summary>The reference of a sample as its task writes it: oriented detection has the
    /// rectangle before turning and a fifth number, its angle.</summary>
    public static string Write(Sample sample, CoordinateFrame frame) =>
        sample.Task == EoTask.OrientedDetection && sample.Reference is BoxesAnswer boxes
            ? string.Join(",", boxes.In(frame).Objects.Select(WriteTurned))
            : Write(sample.Reference, frame);

    /// <summary>A grid of cells as rows of 0 and 1, a line each.</summary>
    public static string Write(Mask grid) =>
        string.Join('\n', grid.Bits.Chunk(Math.Max(1, grid.Width)).Select(row => string.Concat(row.Select(b => b ? '1' : '0'))));

    private static string WriteTurned(LabelledBox item)
    {
        var (box, angle) = item.Oriented?.AsTurned(AngleConvention.CounterClockwiseDegrees) ?? (item.Box, 0);
        return Write(box)[..^1] + string.Create(CultureInfo.InvariantCulture, $",{Round(angle)}]");
    }

    private static long Round(double value) => (long)Math.Round(value, MidpointRounding.AwayFromZero);
}
