using System.Text;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>One feature of a GeoJSON file.</summary>
/// <param name="Where">File and number, for problems.</param>
/// <param name="Properties">Its properties; empty where it has none.</param>
/// <param name="Kind">Polygon, LineString, Point …</param>
/// <param name="Outlines">The outer rings, lines, or points, in the file's coordinates (x is longitude).</param>
internal sealed record GeoFeature(
    string Where,
    IReadOnlyDictionary<string, object?> Properties,
    string Kind,
    IReadOnlyList<Polygon> Outlines
)
{
    /// <summary>The features of a file and the name of its coordinate system (null where it states none: longitude and latitude).</summary>
    /// <remarks>A zero-byte file has none (SpaceNet). A ring that is not closed is closed, with a note; a feature without geometry is left
    /// out, with a note.</remarks>
    public static (IReadOnlyList<GeoFeature> Features, string? Crs) Read(DatasetFolder folder, string path)
    {
        string where = folder.Relative(path);
        if (folder.ReadText(path) is not { Length: > 0 } text)
            return ([], null);
        // The whole file is one record, whatever its lines begin with.
        if (new JsonRows(where, folder.Report).Parse(new JsonRecords.Record(Encoding.UTF8.GetBytes(text), 1)) is not { } row)
            return ([], null);
        var found = new List<GeoFeature>();
        int number = 0;
        foreach (object? item in row.List("features") ?? (row.Text("type") == "Feature" ? [row.Fields] : []))
        {
            string record = $"{where}, feature {number++}";
            if (item is not IReadOnlyDictionary<string, object?> feature)
                folder.Report(record, "no JSON object. Skipped.");
            else if (feature.GetValueOrDefault("geometry") is not Dictionary<string, object?> geometry)
                folder.Report(record, "no geometry. Give it one, or remove it. Skipped.");
            else if (Outline(folder, record, geometry) is { Count: > 0 } outlines)
                found.Add(
                    new GeoFeature(
                        record,
                        feature.GetValueOrDefault("properties") as Dictionary<string, object?> ?? [],
                        Row.AsText(geometry.GetValueOrDefault("type")) ?? "",
                        outlines
                    )
                );
        }
        return (found, Crs(row));
    }

    /// <summary>The first of the properties that is text or a number.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (Row.AsText(Properties.GetValueOrDefault(name)) is { Length: > 0 } text)
                return text;
        return null;
    }

    private static string? Crs(Row row) =>
        row.Value("crs") is Dictionary<string, object?> crs && crs.GetValueOrDefault("properties") is Dictionary<string, object?> named
            ? Row.AsText(named.GetValueOrDefault("name"))
            : null;

    private static List<Polygon>? Outline(DatasetFolder folder, string record, Dictionary<string, object?> geometry)
    {
        string kind = Row.AsText(geometry.GetValueOrDefault("type")) ?? "";
        var coordinates = geometry.GetValueOrDefault("coordinates") as List<object?> ?? [];
        // Of a polygon the outer ring, of several polygons each one's.
        List<object?> rings = kind switch
        {
            "Point" => [new List<object?> { coordinates }],
            "MultiPoint" or "LineString" => [coordinates],
            "MultiLineString" => coordinates,
            "Polygon" => [.. coordinates.Take(1)],
            "MultiPolygon" => [.. coordinates.Select(p => (p as List<object?>)?.FirstOrDefault())],
            _ => [],
        };
        var outlines = new List<Polygon>();
        foreach (object? ring in rings)
        {
            var points = (ring as List<object?> ?? [])
                .Select(p => p is List<object?> { Count: >= 2 } xy ? (X: Row.AsNumber(xy[0]), Y: Row.AsNumber(xy[1])) : default)
                .ToList();
            if (points.Count == 0 || points.Any(p => p.X is null || p.Y is null))
            {
                folder.Report(
                    record,
                    $"its {(kind.Length > 0 ? kind : "geometry")} has coordinates that are no finite numbers. Mend or remove it. Skipped.",
                    ProblemKind.BoxUnusable
                );
                return null;
            }
            bool isPolygon = kind.EndsWith("Polygon", StringComparison.Ordinal);
            if (isPolygon && points.Count < 3)
            {
                folder.Report(record, $"a ring of {points.Count} points. Mend or remove it. Skipped.", ProblemKind.BoxUnusable);
                return null;
            }
            if (isPolygon && points[0] != points[^1])
                folder.Report(record, "the ring is not closed; its last point is joined to the first.");
            outlines.Add(Polygon.FromRing([.. points.Select(p => (p.X!.Value, p.Y!.Value))]));
        }
        if (outlines.Count == 0)
            folder.Report(record, $"a geometry of type '{kind}' is not read. Skipped.");
        return outlines;
    }
}
