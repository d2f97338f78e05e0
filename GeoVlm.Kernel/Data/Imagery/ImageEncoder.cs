using SkiaSharp;

namespace GeoVlm.Data.Imagery;

/// <summary>8-bit RGB to image files.</summary>
public static class ImageEncoder
{
    /// <summary>The picture as PNG, lossless.</summary>
    public static byte[] Png(RgbImage image)
    {
        var rgba = new byte[checked(image.Width * image.Height * 4)];
        for (int from = 0, to = 0; from < image.Pixels.Length; from += 3, to += 4)
            (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) = (
                image.Pixels[from],
                image.Pixels[from + 1],
                image.Pixels[from + 2],
                255
            );
        using var picture = SKImage.FromPixelCopy(
            new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque),
            rgba
        );
        using var data = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    /// <summary>The picture as a data URL of its PNG, as chat interfaces take it.</summary>
    public static string DataUrl(RgbImage image) => "data:image/png;base64," + Convert.ToBase64String(Png(image));
}
