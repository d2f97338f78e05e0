using System.Globalization;
using System.Text.Json;

namespace GeoVlm.Data.Dialects;

/// <summary>The notations in which <see cref="BoxDialect.Write"/> writes boxes.</summary>
internal static class DialectWriting
{
    public static string Plain(IReadOnlyList<LabelledBox> boxes, AngleSense sense) =>
        string.Join(",", boxes.Select(b => $"[{string.Join(",", Whole(b, AngleSense.None))}]"));

    public static string Spaced(IReadOnlyList<LabelledBox> boxes, AngleSense sense) =>
        string.Join(", ", boxes.Select(b => $"[{string.Join(", ", Whole(b, sense))}]"));

    public static string EarthDial(IReadOnlyList<LabelledBox> boxes, AngleSense sense) =>
        boxes.Count == 0 ? "[]" : string.Concat(boxes.Select(b => $"[[{string.Join(", ", Whole(b, sense))}]]"));

    public static string Braces(IReadOnlyList<LabelledBox> boxes, AngleSense sense) =>
        string.Concat(
            boxes.Select(b =>
                Whole(b, sense) is [.. var four, var angle] && four.Length == 4
                    ? $"{{{string.Concat(four.Select(n => $"<{n}>"))}|<{angle}>}}"
                    : $"{{{string.Concat(Whole(b, sense).Select(n => $"<{n}>"))}}}"
            )
        );

    public static string Tokens(IReadOnlyList<LabelledBox> boxes, AngleSense sense) =>
        string.Concat(
            boxes.Select(b =>
                (b.Label.Length > 0 ? $"<|object_ref_start|>{b.Label}<|object_ref_end|>" : "")
                + (Whole(b, sense) is [var x1, var y1, var x2, var y2] ? $"<|box_start|>({x1},{y1}),({x2},{y2})<|box_end|>" : "")
            )
        );

    public static string Json(IReadOnlyList<LabelledBox> boxes, AngleSense sense) =>
        boxes.Count == 0
            ? "[]"
            : "[\n"
                + string.Join(
                    ",\n",
                    boxes.Select(b =>
                        $"\t{{\"bbox_2d\": [{string.Join(", ", Whole(b, sense))}], \"label\": {JsonSerializer.Serialize(b.Label)}}}"
                    )
                )
                + "\n]";

    public static string InternVl(IReadOnlyList<LabelledBox> boxes, AngleSense sense) =>
        string.Concat(
            boxes.Select(b => (b.Label.Length > 0 ? $"<ref>{b.Label}</ref>" : "") + $"<box>[[{string.Join(", ", Whole(b, sense))}]]</box>")
        );

    public static string Fractions(IReadOnlyList<LabelledBox> boxes, AngleSense sense) =>
        string.Join(
            ", ",
            boxes.Select(b =>
                string.Create(CultureInfo.InvariantCulture, $"[{b.Box.X1:0.####}, {b.Box.Y1:0.####}, {b.Box.X2:0.####}, {b.Box.Y2:0.####}]")
            )
        );

    /// <summary>x1, y1, x2, y2 and, for a dialect with angles, the angle: of the rectangle before turning where there is one.</summary>
    private static long[] Whole(LabelledBox item, AngleSense sense)
    {
        if (sense == AngleSense.None)
            return [Round(item.Box.X1), Round(item.Box.Y1), Round(item.Box.X2), Round(item.Box.Y2)];
        if (item.Oriented is not { } o)
            return [Round(item.Box.X1), Round(item.Box.Y1), Round(item.Box.X2), Round(item.Box.Y2), 0];
        return
        [
            Round(o.CenterX - o.Width / 2),
            Round(o.CenterY - o.Height / 2),
            Round(o.CenterX + o.Width / 2),
            Round(o.CenterY + o.Height / 2),
            Round(sense == AngleSense.Clockwise ? o.AngleDegrees : -o.AngleDegrees),
        ];
    }

    private static long Round(double value) => (long)Math.Round(value, MidpointRounding.AwayFromZero);
}
