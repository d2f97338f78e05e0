namespace GeoVlm.Data.Geometry;

/// <summary>A rotated rectangle.</summary>
/// <param name="CenterX">Centre column.</param>
/// <param name="CenterY">Centre row (y grows downwards).</param>
/// <param name="Width">Length of the side along the heading.</param>
/// <param name="Height">Length of the side across the heading.</param>
/// <param name="AngleDegrees">Heading, clockwise on screen from the +x axis.</param>
public readonly record struct OrientedBox(double CenterX, double CenterY, double Width, double Height, double AngleDegrees)
{
    /// <summary>The four corners, clockwise on screen, beginning at the front left of the heading.</summary>
    public (double X, double Y)[] Corners()
    {
        double a = AngleDegrees * Math.PI / 180, c = Math.Cos(a), s = Math.Sin(a), w = Width / 2, h = Height / 2;
        var (cx, cy) = (CenterX, CenterY);
        (double, double) At(double u, double v) => (cx + u * c - v * s, cy + u * s + v * c);
        return [At(w, -h), At(w, h), At(-w, h), At(-w, -h)];
    }

    /// <summary>The smallest axis-aligned box around it.</summary>
    public Box Bounds()
    {
        var corners = Corners();
        return new Box(corners.Min(p => p.X), corners.Min(p => p.Y), corners.Max(p => p.X), corners.Max(p => p.Y));
    }
}
