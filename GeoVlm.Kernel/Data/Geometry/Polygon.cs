namespace GeoVlm.Data.Geometry;

/// <summary>A closed outline in the frame of its owner; the last point joins the first without being repeated.</summary>
/// <param name="Points">The corners in source order; y grows downwards.</param>
public sealed record Polygon(IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>The smallest axis-aligned box around it; empty for no points.</summary>
    public Box Bounds() => Points.Count == 0
        ? default
        : new Box(Points.Min(p => p.X), Points.Min(p => p.Y), Points.Max(p => p.X), Points.Max(p => p.Y));
}
