namespace GeoVlm.Data.Geometry;

/// <summary>Areas of outlines and of what two of them share.</summary>
internal static class PolygonClipping
{
    /// <summary>Shoelace formula: above 0 for clockwise on screen (y down). Taken about the
    /// first point, so that far-away boxes lose no digits.</summary>
    public static double SignedArea(IReadOnlyList<(double X, double Y)> points)
    {
        double twice = 0;
        for (int i = 1; i + 1 < points.Count; i++)
            twice += Side(points[0], points[i], points[i + 1]);
        return twice / 2;
    }

    /// <summary>Above 0 where r lies clockwise on screen of the way from p to q; twice the area of the triangle.</summary>
    public static double Side((double X, double Y) p, (double X, double Y) q, (double X, double Y) r) =>
        (q.X - p.X) * (r.Y - p.Y) - (q.Y - p.Y) * (r.X - p.X);

    /// <summary>The area shared by two simple outlines, convex or not.</summary>
    /// <remarks>
    /// Convex clipper: one pass of Sutherland and Hodgman (1974), whose result has the right area even where it falls into parts. Any
    /// other clipper is the signed sum of the triangles of a fan from its first point.
    /// </remarks>
    public static double IntersectionArea(IReadOnlyList<(double X, double Y)> a, IReadOnlyList<(double X, double Y)> b)
    {
        if (IsConvex(b))
            return Math.Abs(SignedArea(ClipByConvex(a, b)));
        if (IsConvex(a))
            return Math.Abs(SignedArea(ClipByConvex(b, a)));
        double sum = 0;
        for (int i = 1; i + 1 < b.Count; i++)
        {
            (double X, double Y)[] triangle = [b[0], b[i], b[i + 1]];
            double area = SignedArea(triangle);
            if (area != 0)
                sum += Math.Sign(area) * Math.Abs(SignedArea(ClipByConvex(a, triangle)));
        }
        return Math.Abs(sum);
    }

    private static bool IsConvex(IReadOnlyList<(double X, double Y)> points)
    {
        int n = points.Count;
        bool left = false,
            right = false;
        for (int i = 0; i < n; i++)
        {
            double side = Side(points[i], points[(i + 1) % n], points[(i + 2) % n]);
            left |= side < 0;
            right |= side > 0;
        }
        return !(left && right);
    }

    private static List<(double X, double Y)> ClipByConvex(
        IReadOnlyList<(double X, double Y)> subject,
        IReadOnlyList<(double X, double Y)> clipper
    )
    {
        List<(double X, double Y)> inside = [.. subject],
            next = [];
        int turn = Math.Sign(SignedArea(clipper));
        for (int i = 0; i < clipper.Count && inside.Count > 0; i++)
        {
            var (p, q) = (clipper[i], clipper[(i + 1) % clipper.Count]);
            next.Clear();
            for (int j = 0; j < inside.Count; j++)
            {
                var (from, to) = (inside[j], inside[(j + 1) % inside.Count]);
                double d1 = turn * Side(p, q, from),
                    d2 = turn * Side(p, q, to);
                if (d1 >= 0)
                    next.Add(from);
                if (d1 > 0 && d2 < 0 || d1 < 0 && d2 > 0)
                {
                    double t = d1 / (d1 - d2);
                    next.Add((from.X + t * (to.X - from.X), from.Y + t * (to.Y - from.Y)));
                }
            }
            (inside, next) = (next, inside);
        }
        return inside;
    }
}
