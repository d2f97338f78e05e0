using System.Runtime.Intrinsics;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>The outline of one object seen from above: where it lies, how it is turned, and which pixels it covers.</summary>
/// <remarks>
/// Local axes: u along the heading, v to its right on screen, both in pixels from the centre. The outline is a disc or a union of convex
/// polygons; a pixel belongs to the object when its centre is not outside.
/// </remarks>
internal sealed class ObjectShape
{
    private readonly FourEdges[][] parts; // a part is where u·U + v·V <= Offset for all its edges
    private readonly double sin,
        cos;

    private ObjectShape(ObjectClass kind, double x, double y, double length, double aspect, double headingTurns)
    {
        (Class, CenterX, CenterY, Length, Aspect, HeadingTurns) = (kind, x, y, length, aspect, headingTurns);
        (sin, cos) = ExactTrigonometry.SinCos(headingTurns);
        var polygons = Outline(kind, length, aspect);
        parts = [.. polygons.Select(Edges)];
        var corners = polygons.SelectMany(p => p).ToList();
        if (kind == ObjectClass.Tank)
            corners = [(length / 2, length / 2), (-length / 2, -length / 2)];
        HalfAcross = corners.Max(p => Math.Abs(p.V));
        if (kind == ObjectClass.Tank)
            Extent = new Box(x - length / 2, y - length / 2, x + length / 2, y + length / 2);
        else
        {
            var at = corners.Select(p => ToImage(p.U, p.V)).ToList();
            Extent = new Box(at.Min(p => p.X), at.Min(p => p.Y), at.Max(p => p.X), at.Max(p => p.Y));
        }
    }

    /// <summary>What it is.</summary>
    public ObjectClass Class { get; }

    /// <summary>Centre column, in pixels.</summary>
    public double CenterX { get; }

    /// <summary>Centre row, in pixels.</summary>
    public double CenterY { get; }

    /// <summary>Extent along the heading, in pixels.</summary>
    public double Length { get; }

    /// <summary>Width over length of ships and buildings; 1 otherwise.</summary>
    public double Aspect { get; }

    /// <summary>Heading in full turns, clockwise on screen from the +x axis.</summary>
    public double HeadingTurns { get; }

    /// <summary>Largest distance from the axis, in pixels.</summary>
    public double HalfAcross { get; }

    /// <summary>Bounds of the exact outline; the mask's bounds differ by less than a pixel.</summary>
    public Box Extent { get; }

    /// <summary>The rectangle around the outline along its heading.</summary>
    public OrientedBox Oriented => new(CenterX, CenterY, Length, 2 * HalfAcross, HeadingTurns * 360);

    public static ObjectShape Create(ObjectClass kind, double x, double y, double length, double aspect, double headingTurns) =>
        new(kind, x, y, length, aspect, headingTurns);

    /// <summary>Local coordinates of an image point.</summary>
    public (double U, double V) ToLocal(double x, double y)
    {
        (x, y) = (x - CenterX, y - CenterY);
        return (x * cos + y * sin, y * cos - x * sin);
    }

    /// <summary>The image point of local coordinates.</summary>
    public (double X, double Y) ToImage(double u, double v) => (CenterX + u * cos - v * sin, CenterY + u * sin + v * cos);

    /// <summary>Distance to the outline in pixels, negative inside; exact near edges, a lower bound outside corners.</summary>
    public double Distance(double u, double v)
    {
        if (Class == ObjectClass.Tank)
            return Math.Sqrt(u * u + v * v) - Length / 2;
        double nearest = double.MaxValue;
        foreach (var part in parts)
        {
            var inside = part[0].Distance(u, v);
            for (int i = 1; i < part.Length; i++)
                inside = Vector256.Max(inside, part[i].Distance(u, v));
            var half = Vector128.Max(inside.GetLower(), inside.GetUpper());
            nearest = Math.Min(nearest, Math.Max(half[0], half[1]));
        }
        return nearest;
    }

    /// <summary>The pixels whose centres it covers, on a square picture.</summary>
    public Mask Rasterise(int side)
    {
        var mask = new Mask(side, side);
        foreach (var (x, y) in Pixels(side))
            mask.Bits[y * side + x] = true;
        return mask;
    }

    /// <summary>Exact bounds of <see cref="Rasterise"/>.</summary>
    public Box Bounds(int side)
    {
        int x1 = side,
            y1 = side,
            x2 = 0,
            y2 = 0;
        foreach (var (x, y) in Pixels(side))
            (x1, y1, x2, y2) = (Math.Min(x1, x), Math.Min(y1, y), Math.Max(x2, x + 1), Math.Max(y2, y + 1));
        return new Box(x1, y1, x2, y2);
    }

    private IEnumerable<(int X, int Y)> Pixels(int side)
    {
        int x1 = Math.Max(0, (int)Extent.X1 - 1),
            x2 = Math.Min(side, (int)Extent.X2 + 2),
            y2 = Math.Min(side, (int)Extent.Y2 + 2);
        for (int y = Math.Max(0, (int)Extent.Y1 - 1); y < y2; y++)
        for (int x = x1; x < x2; x++)
        {
            var (u, v) = ToLocal(x + 0.5, y + 0.5);
            if (Distance(u, v) <= 0)
                yield return (x, y);
        }
    }

    private static (double U, double V)[][] Outline(ObjectClass kind, double length, double aspect)
    {
        double l = length,
            b = aspect * length / 2;
        return kind switch
        {
            // Transom, straight sides, and a bow that narrows in three steps to a point.
            ObjectClass.Ship =>
            [
                [
                    (-.5 * l, -.8 * b),
                    (-.42 * l, -b),
                    (.16 * l, -b),
                    (.32 * l, -.72 * b),
                    (.43 * l, -.34 * b),
                    (.5 * l, 0),
                    (.43 * l, .34 * b),
                    (.32 * l, .72 * b),
                    (.16 * l, b),
                    (-.42 * l, b),
                    (-.5 * l, .8 * b),
                ],
            ],
            ObjectClass.Aircraft =>
            [
                [
                    (-.5 * l, -.02 * l),
                    (-.3 * l, -.06 * l),
                    (.36 * l, -.06 * l),
                    (.45 * l, -.045 * l),
                    (.5 * l, 0),
                    (.45 * l, .045 * l),
                    (.36 * l, .06 * l),
                    (-.3 * l, .06 * l),
                    (-.5 * l, .02 * l),
                ],
                [(.17 * l, -.03 * l), (-.11 * l, -.47 * l), (-.19 * l, -.47 * l), (-.08 * l, -.03 * l)],
                [(.17 * l, .03 * l), (-.08 * l, .03 * l), (-.19 * l, .47 * l), (-.11 * l, .47 * l)],
                [(-.34 * l, -.02 * l), (-.45 * l, -.19 * l), (-.5 * l, -.19 * l), (-.47 * l, -.02 * l)],
                [(-.34 * l, .02 * l), (-.47 * l, .02 * l), (-.5 * l, .19 * l), (-.45 * l, .19 * l)],
            ],
            ObjectClass.Building =>
            [
                [(-.5 * l, -b), (.5 * l, -b), (.5 * l, b), (-.5 * l, b)],
            ],
            _ => [],
        };
    }

    private static FourEdges[] Edges((double U, double V)[] polygon)
    {
        double mu = polygon.Average(p => p.U),
            mv = polygon.Average(p => p.V);
        var edges = new (double U, double V, double Offset)[polygon.Length];
        for (int i = 0; i < polygon.Length; i++)
        {
            var (a, b) = (polygon[i], polygon[(i + 1) % polygon.Length]);
            double u = b.V - a.V,
                v = a.U - b.U,
                length = Math.Sqrt(u * u + v * v);
            (u, v) = (u / length, v / length);
            double offset = u * a.U + v * a.V;
            // The normal points away from the middle of the polygon, whichever way round its corners were listed.
            edges[i] = u * mu + v * mv <= offset ? (u, v, offset) : (-u, -v, -offset);
        }
        return [.. edges.Chunk(4).Select(four => new FourEdges(i => four[Math.Min(i, four.Length - 1)]))];
    }

    /// <summary>Four edges of a part, taken side by side; the last is repeated where there are fewer.</summary>
    private readonly struct FourEdges(Func<int, (double U, double V, double Offset)> edge)
    {
        private readonly Vector256<double> u = Vector256.Create(edge(0).U, edge(1).U, edge(2).U, edge(3).U),
            v = Vector256.Create(edge(0).V, edge(1).V, edge(2).V, edge(3).V),
            offset = Vector256.Create(edge(0).Offset, edge(1).Offset, edge(2).Offset, edge(3).Offset);

        /// <summary>Distance beyond each, in pixels, of a point.</summary>
        public Vector256<double> Distance(double atU, double atV) => Vector256.Create(atU) * u + Vector256.Create(atV) * v - offset;
    }
}
