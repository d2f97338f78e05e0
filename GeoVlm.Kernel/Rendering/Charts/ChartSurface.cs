using SkiaSharp;

namespace GeoVlm.Rendering.Charts;

/// <summary>What a chart is drawn on. A null colour is the ink of the page.</summary>
internal abstract class ChartSurface
{
    /// <summary>A line through points.</summary>
    public abstract void Polyline(IReadOnlyList<SKPoint> points, string? colour, float width, double opacity = 1, Dash? dash = null);

    /// <summary>A filled area.</summary>
    public abstract void Area(IReadOnlyList<SKPoint> points, string colour, double opacity);

    /// <summary>A filled disc.</summary>
    public abstract void Dot(SKPoint centre, float radius, string? colour);

    /// <summary>A line of text; <paramref name="anchor"/> says which point of the
    /// baseline (x, y) is. Vertical text reads upwards.</summary>
    public abstract void Text(string text, float x, float y, float size, SKTextAlign anchor, bool bold = false, bool vertical = false);
}
