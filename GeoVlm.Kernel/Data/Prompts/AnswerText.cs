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
    public static string Write(Answer answer, CoordinateFrame frame) => answer switch
    {
        TextAnswer text => text.Text,
        BoxesAnswer boxes => string.Join(",", boxes.In(frame).Objects.Select(o => Write(o.Box))),
        LabelsAnswer labels => string.Join(", ", labels.Labels),
        GroundedTextAnswer grounded => $"{grounded.Text} {Write(grounded.Boxes, frame)}",
        _ => throw new ArgumentException($"no text form for {answer.GetType().Name}", nameof(answer)),
    };

    private static long Round(double value) => (long)Math.Round(value, MidpointRounding.AwayFromZero);
}
