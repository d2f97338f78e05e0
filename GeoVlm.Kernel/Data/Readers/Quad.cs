using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>Four corners as annotated: around the object, the first two being its head where it has one (DOTA).</summary>
internal readonly record struct Quad((double X, double Y) A, (double X, double Y) B, (double X, double Y) C, (double X, double Y) D)
{
    /// <summary>The smallest axis-aligned box around the four corners.</summary>
    public Box Bounds() => new(
        Math.Min(Math.Min(A.X, B.X), Math.Min(C.X, D.X)), Math.Min(Math.Min(A.Y, B.Y), Math.Min(C.Y, D.Y)),
        Math.Max(Math.Max(A.X, B.X), Math.Max(C.X, D.X)), Math.Max(Math.Max(A.Y, B.Y), Math.Max(C.Y, D.Y)));

    /// <summary>
    /// The rectangle nearest to the corners: their mean as centre, heading from the middle of CD to the middle of AB, sides the means
    /// of opposite sides. Exact for a rectangle; null when two sides cross or the area is zero.
    /// </summary>
    public OrientedBox? Fit()
    {
        if (Cross(A, B, C, D) || Cross(B, C, D, A)) return null;
        double alongX = (A.X + B.X - C.X - D.X) / 2, alongY = (A.Y + B.Y - C.Y - D.Y) / 2;
        double width = (Length(B, C) + Length(D, A)) / 2, height = (Length(A, B) + Length(C, D)) / 2;
        if (!(width > 0 && height > 0)) return null;
        return new OrientedBox((A.X + B.X + C.X + D.X) / 4, (A.Y + B.Y + C.Y + D.Y) / 4, width, height, Math.Atan2(alongY, alongX) * 180 / Math.PI);
    }

    private static double Length((double X, double Y) p, (double X, double Y) q) => Math.Sqrt((p.X - q.X) * (p.X - q.X) + (p.Y - q.Y) * (p.Y - q.Y));

    private static bool Cross((double X, double Y) p, (double X, double Y) q, (double X, double Y) r, (double X, double Y) s) =>
        Side(p, q, r) * Side(p, q, s) < 0 && Side(r, s, p) * Side(r, s, q) < 0;

    private static double Side((double X, double Y) p, (double X, double Y) q, (double X, double Y) r) =>
        (q.X - p.X) * (r.Y - p.Y) - (q.Y - p.Y) * (r.X - p.X);
}
