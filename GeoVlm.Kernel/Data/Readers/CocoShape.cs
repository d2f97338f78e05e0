using System.Text.Json;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>The shape of a COCO annotation: bbox (x, y, width, height), SODA's poly,
/// or a segmentation of outlines or run lengths.</summary>
internal static class CocoShape
{
    /// <summary>The box and outline; null, with the reason, where there is none.</summary>
    public static LabelledBox? Read(JsonElement item, out string problem)
    {
        problem = "bbox must be a list of four numbers x, y, width, height.";
        if (item.ValueKind != JsonValueKind.Object)
            return null;
        var outline = Outline(item);
        if (item.TryGetProperty("bbox", out var bbox) && bbox.ValueKind == JsonValueKind.Array)
        {
            if (bbox.GetArrayLength() != 4 || Numbers(bbox, out problem) is not { } numbers)
                return null;
            problem = $"bbox {bbox.GetRawText()} has no area; width and height must be greater than 0. Mend or remove the annotation.";
            return Box.FromXywh(numbers[0], numbers[1], numbers[2], numbers[3]) is { IsEmpty: false } box
                ? new LabelledBox(box, "") { Outline = outline }
                : null;
        }
        if (item.TryGetProperty("poly", out var poly) && poly.ValueKind == JsonValueKind.Array)
        {
            problem = "poly must be a list of at least six numbers x1, y1, x2, y2 …";
            if (poly.GetArrayLength() is < 6 || poly.GetArrayLength() % 2 != 0 || Numbers(poly, out problem) is not { } corners)
                return null;
            return OfOutline(Ring(corners), out problem);
        }
        if (item.TryGetProperty("segmentation", out var shape))
        {
            if (shape.ValueKind == JsonValueKind.Object)
                return OfRuns(shape, out problem);
            if (outline is not null)
                return OfOutline(outline, out problem);
            // An object in parts has no single outline; the box goes around all of them.
            if (
                shape.ValueKind == JsonValueKind.Array
                && shape.GetArrayLength() > 1
                && shape.EnumerateArray().All(IsRing)
                && new Polygon([.. shape.EnumerateArray().SelectMany(r => Ring(Numbers(r, out _) ?? []).Points)]).Bounds()
                    is { IsEmpty: false } around
            )
                return new LabelledBox(around, "");
        }
        problem = "no bbox, no poly and no segmentation. Give the annotation one of them.";
        return null;
    }

    /// <summary>The box around a segmentation of run lengths, alone or the only one of a list (RRSIS-D); null where there is
    /// none.</summary>
    public static LabelledBox? OfMask(JsonElement item)
    {
        if (!item.TryGetProperty("segmentation", out var shape))
            return null;
        if (shape.ValueKind == JsonValueKind.Array && shape.GetArrayLength() == 1)
            shape = shape[0];
        return shape.ValueKind == JsonValueKind.Object ? OfRuns(shape, out _) : null;
    }

    private static LabelledBox? OfOutline(Polygon outline, out string problem)
    {
        problem = "its outline encloses no area; mend or remove the annotation.";
        return outline.Bounds().IsEmpty
            ? null
            : new LabelledBox(outline.Bounds(), "")
            {
                Outline = outline,
                Oriented = outline.Points.Count == 4 ? OrientedBox.FromQuad(outline.Points) : null,
            };
    }

    private static LabelledBox? OfRuns(JsonElement shape, out string problem)
    {
        problem = "segmentation must have size [height, width] and counts. Mend or remove the annotation.";
        if (RunLengths.Read(shape, out int height, out int width) is not { } runs)
            return null;
        if (RunLengths.Bounds(runs, height, width) is not { } box)
        {
            problem =
                $"the run lengths of its segmentation do not fill {height} x {width} pixels, or set none. Mend or remove the annotation.";
            return null;
        }
        return new LabelledBox(box, "");
    }

    /// <summary>The outline of a segmentation of one ring; several rings (an object in parts) have no single outline.</summary>
    private static Polygon? Outline(JsonElement item) =>
        item.TryGetProperty("segmentation", out var rings)
        && rings.ValueKind == JsonValueKind.Array
        && rings.GetArrayLength() == 1
        && rings[0].ValueKind == JsonValueKind.Array
        && rings[0].GetArrayLength() >= 6
        && Numbers(rings[0], out _) is { } numbers
            ? Ring(numbers)
            : null;

    private static bool IsRing(JsonElement ring) =>
        ring.ValueKind == JsonValueKind.Array && ring.GetArrayLength() >= 6 && Numbers(ring, out _) is not null;

    // An odd number of coordinates occurs (VHR-10's fixture); the last one belongs to no point.
    private static Polygon Ring(double[] numbers) =>
        Polygon.FromRing([.. numbers.Chunk(2).Where(p => p.Length == 2).Select(p => (p[0], p[1]))]);

    private static double[]? Numbers(JsonElement list, out string problem)
    {
        problem = "";
        var numbers = new double[list.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (list[i].ValueKind == JsonValueKind.Number && list[i].TryGetDouble(out numbers[i]) && double.IsFinite(numbers[i]))
                continue;
            problem =
                list[i] is { ValueKind: JsonValueKind.String } text && text.GetRawText() != "\"\""
                    ? $"bbox[{i}] is the text {text.GetRawText()}, not a number; remove the quotes."
                    : $"bbox[{i}] is not a finite number; mend or remove the annotation.";
            return null;
        }
        return numbers;
    }
}
