using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>XML annotation files: loads them without DTDs, and reads the shape of an
/// object whichever of its dialects' tags hold it.</summary>
internal static class XmlAnnotation
{
    private const int MaxCharacters = 16 * 1024 * 1024;

    private static readonly string[] CornerTags =
    [
        "x_left_top",
        "y_left_top",
        "x_right_top",
        "y_right_top",
        "x_right_bottom",
        "y_right_bottom",
        "x_left_bottom",
        "y_left_bottom",
    ];

    /// <summary>The root element; null, with a problem reported, where the file cannot be read.</summary>
    public static XElement? Load(DatasetFolder folder, string file)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxCharacters,
        };
        try
        {
            using var stream = File.OpenRead(file);
            using var reader = XmlReader.Create(stream, settings);
            return XDocument.Load(reader).Root;
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            folder.Report(folder.Relative(file), $"not a readable XML file: {e.Message} Mend or remove it. Skipped.");
            return null;
        }
    }

    /// <summary>The box of an object; null, with the reason, where it has none.</summary>
    /// <param name="item">bndbox (xyxy), robndbox (DIOR-R's eight corners, or cx, cy, w, h and an
    /// angle in radians), points (FAIR1M), polygon, mbox_cx … (HRSC2016).</param>
    /// <param name="label">Its class, for the reason.</param>
    /// <param name="shift">Taken off xmin and ymin: 1 where the source counts pixels from 1.</param>
    /// <param name="problem">The reason; empty where there is a box.</param>
    public static LabelledBox? Shape(XElement item, string label, double shift, out string problem)
    {
        problem = "";
        if (item.Element("robndbox") is { } turned)
        {
            double?[] corners = [.. CornerTags.Select(t => Number(turned.Element(t)))];
            if (corners.All(c => c is not null))
                return OfQuad([.. corners.Select(c => c!.Value).Chunk(2).Select(p => (p[0], p[1]))], label, out problem);
            if (Turned(turned, "cx", "cy", "w", "h", "angle") is { } rectangle)
                return rectangle;
        }
        if (Turned(item, "mbox_cx", "mbox_cy", "mbox_w", "mbox_h", "mbox_ang") is { } ship)
            return ship;
        if (item.Element("points") is { } points)
        {
            var ring = points
                .Elements("point")
                .Select(p => p.Value.Split(','))
                .Where(p => p.Length >= 2)
                .Select(p => (X: Number(p[0]), Y: Number(p[1])))
                .ToList();
            if (ring.Count >= 3 && ring.All(p => p.X is not null && p.Y is not null))
                return OfQuad(Polygon.FromRing([.. ring.Select(p => (p.X!.Value, p.Y!.Value))]).Points, label, out problem);
            problem = $"{label}: <points> needs at least three points x,y with decimal points. Skipped.";
            return null;
        }
        if (item.Element("polygon") is { } polygon && polygon.Element("x1") is not null)
        {
            var ring = new List<(double, double)>();
            for (int i = 1; Number(polygon.Element($"x{i}")) is { } x && Number(polygon.Element($"y{i}")) is { } y; i++)
                ring.Add((x, y));
            if (ring.Count >= 3)
                return OfQuad(ring, label, out problem);
        }
        var box = item.Element("bndbox") ?? (item.Element("box_xmin") is null ? null : item);
        string prefix = box == item ? "box_" : "";
        if (box is null)
        {
            problem = $"{label} has no <bndbox>; draw its box. Skipped.";
            return null;
        }
        if (
            Number(box.Element(prefix + "xmin")) is not { } x1
            || Number(box.Element(prefix + "ymin")) is not { } y1
            || Number(box.Element(prefix + "xmax")) is not { } x2
            || Number(box.Element(prefix + "ymax")) is not { } y2
        )
        {
            problem = $"{label}: <bndbox> needs four finite numbers xmin, ymin, xmax, ymax with decimal points. Skipped.";
            return null;
        }
        var found = new Box(x1 - shift, y1 - shift, x2, y2);
        if (!found.IsEmpty)
            return new LabelledBox(found, label);
        problem = string.Create(
            CultureInfo.InvariantCulture,
            $"{label}: box from ({x1}, {y1}) to ({x2}, {y2}) encloses no area; xmin must be less than xmax and ymin less than ymax. Skipped."
        );
        return null;

        // Radians, clockwise on screen from the +x axis (roLabelImg, HRSC2016).
        LabelledBox? Turned(XElement parent, string cx, string cy, string w, string h, string angle) =>
            Number(parent.Element(cx)) is { } x
            && Number(parent.Element(cy)) is { } y
            && Number(parent.Element(w)) is > 0 and { } width
            && Number(parent.Element(h)) is > 0 and { } height
            && Number(parent.Element(angle)) is { } radians
                ? new OrientedBox(x, y, width, height, radians * 180 / Math.PI) is var oriented
                    ? new LabelledBox(oriented.Bounds(), label) { Oriented = oriented }
                    : null
                : null;
    }

    /// <summary>A finite number with a decimal point; null for anything else.</summary>
    public static double? Number(XElement? element) => element is null ? null : Number(element.Value);

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    private static LabelledBox? OfQuad(IReadOnlyList<(double X, double Y)> points, string label, out string problem)
    {
        var outline = new Polygon(points);
        problem = outline.Bounds().IsEmpty ? $"{label}: its corners enclose no area; mend or remove the object. Skipped." : "";
        return problem.Length > 0
            ? null
            : new LabelledBox(outline.Bounds(), label)
            {
                Outline = outline,
                Oriented = points.Count == 4 ? OrientedBox.FromQuad(points) : null,
            };
    }
}
