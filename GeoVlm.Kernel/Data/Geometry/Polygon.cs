namespace GeoVlm.Data.Geometry;

/// <summary>A closed outline in the frame of its owner; the last point joins the first without being repeated.</summary>
/// <param name="Points">The corners in source order; y grows downwards.</param>
public sealed record Polygon(IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>An outline whose ring may be closed: where the last point repeats the first, it is dropped.</summary>
    public static Polygon FromRing(IReadOnlyList<(double X, double Y)> ring) =>
        ring.Count > 1 && ring[0] == ring[^1] ? new([.. ring.Take(ring.Count - 1)]) : new(ring);

    /// <summary>The smallest axis-aligned box around it; empty for no points.</summary>
    public Box Bounds() =>
        Points.Count == 0 ? default : new Box(Points.Min(p => p.X), Points.Min(p => p.Y), Points.Max(p => p.X), Points.Max(p => p.Y));

    /// <summary>The enclosed area in squared units of the frame, by the shoelace formula; meaningful where
    /// <see cref="IsSimple"/>.</summary>
    public double Area => Math.Abs(PolygonClipping.SignedArea(Points));

    /// <summary>True where it has finite points, an area above 0, and no two sides that cross.</summary>
    public bool IsSimple
    {
        get
        {
            int n = Points.Count;
            if (n < 3 || Points.Any(p => !double.IsFinite(p.X) || !double.IsFinite(p.Y)) || !(Area > 0))
                return false;
            for (int i = 0; i < n; i++)
            for (int j = i + 2; j < n; j++)
            {
                bool neighbours = i == 0 && j == n - 1;
                if (!neighbours && Cross(Points[i], Points[i + 1], Points[j], Points[(j + 1) % n]))
                    return false;
            }
            return true;
        }
    }

    /// <summary>The smallest convex outline around the points, clockwise on screen (Andrew's
    /// monotone chain); fewer than three points stay as they are.</summary>
    public Polygon ConvexHull()
    {
        var sorted = Points.Distinct().OrderBy(p => p.X).ThenBy(p => p.Y).ToList();
        if (sorted.Count < 3)
            return new Polygon(sorted);
        var hull = new List<(double X, double Y)>();
        foreach (var side in new[] { sorted, [.. Enumerable.Reverse(sorted)] })
        {
            int start = hull.Count;
            foreach (var p in side)
            {
                while (hull.Count >= start + 2 && PolygonClipping.Side(hull[^2], hull[^1], p) <= 0)
                    hull.RemoveAt(hull.Count - 1);
                hull.Add(p);
            }
            hull.RemoveAt(hull.Count - 1);
        }
        return new Polygon(hull);
    }

    /// <summary>Area of the part that lies in both; 0 where either is not <see cref="IsSimple"/>.</summary>
    public double IntersectionArea(Polygon other) =>
        IsSimple && other.IsSimple && !Bounds().Intersect(other.Bounds()).IsEmpty
            ? PolygonClipping.IntersectionArea(Points, other.Points)
            : 0;

    /// <summary>
    /// Intersection over union, 0 to 1. 0 where either outline is not <see cref="IsSimple"/>: it has no single inside. Compare
    /// <see cref="ConvexHull"/>s where crossed corners are to be forgiven.
    /// </summary>
    public double IoU(Polygon other)
    {
        double intersection = IntersectionArea(other);
        return intersection <= 0 ? 0 : Math.Min(1, intersection / (Area + other.Area - intersection));
    }

    /// <summary>
    /// The rectangle of smallest area around the points (as <c>minAreaRect</c> of OpenCV), heading along its longer side; null where
    /// the points enclose no area.
    /// </summary>
    /// <remarks>One side of that rectangle lies on a side of the hull (Freeman and Shapira 1975), so every side of the hull is
    /// tried.</remarks>
    public OrientedBox? MinimumAreaRectangle()
    {
        if (Points.Any(p => !double.IsFinite(p.X) || !double.IsFinite(p.Y)))
            return null;
        var hull = ConvexHull().Points;
        if (hull.Count < 3)
            return null;
        OrientedBox? best = null;
        for (int i = 0; i < hull.Count; i++)
        {
            var (p, q) = (hull[i], hull[(i + 1) % hull.Count]);
            double angle = Math.Atan2(q.Y - p.Y, q.X - p.X),
                c = Math.Cos(angle),
                s = Math.Sin(angle);
            double u1 = hull.Min(h => h.X * c + h.Y * s),
                u2 = hull.Max(h => h.X * c + h.Y * s);
            double v1 = hull.Min(h => h.Y * c - h.X * s),
                v2 = hull.Max(h => h.Y * c - h.X * s);
            double u = (u1 + u2) / 2,
                v = (v1 + v2) / 2;
            var box = new OrientedBox(u * c - v * s, u * s + v * c, u2 - u1, v2 - v1, angle * 180 / Math.PI);
            // Equal areas but for rounding: the first side wins, so that the choice does not hang on the last bit.
            if (best is not { } b || box.Width * box.Height < b.Width * b.Height * (1 - 1e-9))
                best = box;
        }
        return best is { } found && found.Width * found.Height > 0 ? found.In(AngleRange.LongEdge90) : null;
    }

    private static bool Cross((double X, double Y) p, (double X, double Y) q, (double X, double Y) r, (double X, double Y) s) =>
        PolygonClipping.Side(p, q, r) * PolygonClipping.Side(p, q, s) < 0
        && PolygonClipping.Side(r, s, p) * PolygonClipping.Side(r, s, q) < 0;
}
