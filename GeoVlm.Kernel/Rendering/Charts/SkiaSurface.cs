using SkiaSharp;

namespace GeoVlm.Rendering.Charts;

/// <summary>Paints a chart on a static picture.</summary>
internal sealed class SkiaSurface(SKCanvas canvas) : ChartSurface
{
    public override void Polyline(IReadOnlyList<SKPoint> points, string? colour, float width, double opacity = 1, Dash? dash = null)
    {
        using var pieces = dash is { } d ? SKPathEffect.CreateDash([d.On, d.Off], d.Start) : null;
        using var paint = new SKPaint
        {
            Color = colour is null ? Painting.Ink.WithAlpha((byte)(255 * opacity)) : Palette.Sk(colour, opacity),
            Style = SKPaintStyle.Stroke,
            StrokeWidth = width,
            IsAntialias = true,
            StrokeJoin = SKStrokeJoin.Round,
            PathEffect = pieces,
        };
        using var path = new SKPath();
        path.AddPoly([.. points], close: false);
        canvas.DrawPath(path, paint);
    }

    public override void Area(IReadOnlyList<SKPoint> points, string colour, double opacity)
    {
        using var paint = new SKPaint { Color = Palette.Sk(colour, opacity), IsAntialias = true };
        using var path = new SKPath();
        path.AddPoly([.. points], close: true);
        canvas.DrawPath(path, paint);
    }

    public override void Dot(SKPoint centre, float radius, string? colour)
    {
        using var paint = new SKPaint { Color = colour is null ? Painting.Ink : Palette.Sk(colour), IsAntialias = true };
        canvas.DrawCircle(centre, radius, paint);
    }

    public override void Text(string text, float x, float y, float size, SKTextAlign anchor, bool bold = false, bool vertical = false)
    {
        canvas.Save();
        if (vertical)
            canvas.RotateDegrees(-90, x, y);
        Painting.Line(canvas, text, x, y, size, Painting.Ink, bold, anchor);
        canvas.Restore();
    }
}
