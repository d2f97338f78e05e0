using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>Outlines in well-known text (WKT), as xBD and Open Buildings write them.</summary>
internal static partial class WellKnownText
{
    /// <summary>The outer rings of POLYGON or MULTIPOLYGON, holes left out; empty for anything else.</summary>
    public static IReadOnlyList<Polygon> Polygons(string text)
    {
        if (
            !text.TrimStart().StartsWith("POLYGON", StringComparison.OrdinalIgnoreCase)
            && !text.TrimStart().StartsWith("MULTIPOLYGON", StringComparison.OrdinalIgnoreCase)
        )
            return [];
        var rings = new List<Polygon>();
        foreach (Match match in OuterRing().Matches(text))
        {
            var ring = new List<(double, double)>();
            foreach (string point in match.Groups[1].Value.Split(','))
            {
                string[] numbers = point.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (
                    numbers.Length < 2
                    || !double.TryParse(numbers[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double x)
                    || !double.IsFinite(x)
                    || !double.TryParse(numbers[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double y)
                    || !double.IsFinite(y)
                )
                    return [];
                ring.Add((x, y));
            }
            if (ring.Count >= 3)
                rings.Add(Polygon.FromRing(ring));
        }
        return rings;
    }

    // A ring behind two opening brackets is an outer one; holes follow a comma.
    [GeneratedRegex(@"\(\s*\(([^()]*)\)")]
    private static partial Regex OuterRing();
}
