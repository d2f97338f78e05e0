using SkiaSharp;

namespace GeoVlm.Data.Imagery;

/// <summary>The eight ways in which EXIF says that stored pixels are to be turned or mirrored for display.</summary>
internal static class ExifOrientation
{
    /// <summary>Whether width and height trade places.</summary>
    public static bool SwapsSides(SKEncodedOrigin origin) =>
        origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    /// <summary>The picture as it is to be seen.</summary>
    public static RgbImage Apply(RgbImage stored, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft)
            return stored;
        var turned = SwapsSides(origin) ? new RgbImage(stored.Height, stored.Width) : new RgbImage(stored.Width, stored.Height);
        for (int y = 0; y < turned.Height; y++)
        for (int x = 0; x < turned.Width; x++)
        {
            // Where the pixel seen at x, y is stored.
            int right = stored.Width - 1,
                bottom = stored.Height - 1;
            var (column, row) = origin switch
            {
                SKEncodedOrigin.TopRight => (right - x, y),
                SKEncodedOrigin.BottomRight => (right - x, bottom - y),
                SKEncodedOrigin.BottomLeft => (x, bottom - y),
                SKEncodedOrigin.LeftTop => (y, x),
                SKEncodedOrigin.RightTop => (y, bottom - x),
                SKEncodedOrigin.RightBottom => (right - y, bottom - x),
                _ => (right - y, x),
            };
            stored.Pixels.AsSpan(stored.Offset(column, row), 3).CopyTo(turned.Pixels.AsSpan(turned.Offset(x, y)));
        }
        return turned;
    }
}
