using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Rewards;

/// <summary>IoU and what is taken from it for boxes that do not meet well, −1 to 1.</summary>
internal static class BoxFit
{
    /// <summary>IoU − share of the hull that neither box covers.</summary>
    public static double GIoU(Box a, Box b)
    {
        double hull = Hull(a, b).Area;
        double union = a.Area + b.Area - a.Intersect(b).Area;
        return hull <= 0 ? -1 : a.IoU(b) - (hull - union) / hull;
    }

    /// <summary>IoU − squared distance of the centres over squared diagonal of the hull.</summary>
    public static double DIoU(Box a, Box b)
    {
        var hull = Hull(a, b);
        double diagonal = hull.Width * hull.Width + hull.Height * hull.Height;
        double dx = (a.X1 + a.X2 - b.X1 - b.X2) / 2,
            dy = (a.Y1 + a.Y2 - b.Y1 - b.Y2) / 2;
        return diagonal <= 0 ? -1 : a.IoU(b) - (dx * dx + dy * dy) / diagonal;
    }

    /// <summary>DIoU − a term for unlike aspect ratios: v² / (1 − IoU + v), v = 4/π² (atan w/h − atan w'/h')².</summary>
    public static double CIoU(Box a, Box b)
    {
        double turn = Math.Atan2(a.Width, a.Height) - Math.Atan2(b.Width, b.Height),
            v = 4 / (Math.PI * Math.PI) * turn * turn;
        double divisor = 1 - a.IoU(b) + v;
        return DIoU(a, b) - (divisor <= 0 ? 0 : v * v / divisor);
    }

    private static Box Hull(Box a, Box b) => new(Math.Min(a.X1, b.X1), Math.Min(a.Y1, b.Y1), Math.Max(a.X2, b.X2), Math.Max(a.Y2, b.Y2));
}
