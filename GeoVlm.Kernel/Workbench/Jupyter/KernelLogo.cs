using SkiaSharp;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>The kernel's sign in launchers: a globe inside the corners of a bounding box.</summary>
internal static class KernelLogo
{
    private const float Side = 64;
    private const string Ground = "#12324a",
        Globe = "#7fd1c7",
        Box = "#ffb347";

    // SVG path data in a square of 64 by 64; the PNG draws the same paths.
    private const string GlobePath =
        "M32 16 A16 16 0 1 0 32 48 A16 16 0 1 0 32 16 M32 16 A7 16 0 1 0 32 48 A7 16 0 1 0 32 16 M16 32 L48 32 M18.5 24 L45.5 24 M18.5 40 L45.5 40";
    private const string BoxPath = "M10 20 L10 10 L20 10 M44 10 L54 10 L54 20 M54 44 L54 54 L44 54 M20 54 L10 54 L10 44";

    public static string Svg() =>
        $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">
              <rect width="64" height="64" rx="12" fill="{Ground}"/>
              <path d="{GlobePath}" fill="none" stroke="{Globe}" stroke-width="2"/>
              <path d="{BoxPath}" fill="none" stroke="{Box}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>
            </svg>

            """;

    /// <summary>The logo as a PNG.</summary>
    /// <param name="sidePixels">Width and height.</param>
    public static byte[] Png(int sidePixels)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(sidePixels, sidePixels, SKColorType.Rgba8888, SKAlphaType.Premul));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.Transparent);
        canvas.Scale(sidePixels / Side);
        using SKPaint ground = new() { Color = SKColor.Parse(Ground), IsAntialias = true };
        canvas.DrawRoundRect(0, 0, Side, Side, 12, 12, ground);
        Stroke(canvas, GlobePath, Globe, 2);
        Stroke(canvas, BoxPath, Box, 4);
        using SKImage image = surface.Snapshot();
        using SKData png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    private static void Stroke(SKCanvas canvas, string data, string color, float width)
    {
        using SKPath path = SKPath.ParseSvgPathData(data);
        using SKPaint paint = new()
        {
            Color = SKColor.Parse(color),
            StrokeWidth = width,
            Style = SKPaintStyle.Stroke,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
            IsAntialias = true,
        };
        canvas.DrawPath(path, paint);
    }
}
