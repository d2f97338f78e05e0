using System.Runtime.InteropServices;
using GeoVlm.Data;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>Something of a known size that can be painted: kept as the act of painting, so that no native memory is held.</summary>
/// <param name="Width">Columns, in pixels.</param>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Paint">Paints it with its top left corner at the origin.</param>
internal sealed record Picture(int Width, int Height, Action<SKCanvas> Paint)
{
    private const int JpegQuality = 82;

    /// <summary>An image at <paramref name="width"/> × <paramref name="height"/>; one
    /// that cannot be decoded shows its error instead.</summary>
    public static Picture Of(GeoImage image, int width, int height)
    {
        try
        {
            return Of(image.Load(), width, height);
        }
        catch (GeoVlmException exception)
        {
            return Message($"{image.Name}: {exception.Message}", width, height);
        }
    }

    /// <summary>An image at <paramref name="width"/> × <paramref name="height"/>.</summary>
    public static Picture Of(RgbImage image, int width, int height)
    {
        if (image.Width < 1 || image.Height < 1 || image.Pixels.Length < image.Width * image.Height * 3)
            return Message($"an image of {image.Width} × {image.Height} with {image.Pixels.Length} bytes", width, height);
        byte[]? resized = null; // once for all paintings: page, static picture, panels
        return new(
            width,
            height,
            canvas =>
            {
                resized ??= Resize(image, width, height);
                using var pixels = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque), resized);
                canvas.DrawImage(pixels, 0, 0, new SKSamplingOptions(SKFilterMode.Linear));
            }
        );
    }

    /// <summary>The same with more painted on top, inside its edges.</summary>
    public Picture With(Action<SKCanvas> overlay) =>
        this with
        {
            Paint = canvas =>
            {
                canvas.Save();
                canvas.ClipRect(new SKRect(0, 0, Width, Height));
                Paint(canvas);
                overlay(canvas);
                canvas.Restore();
            },
        };

    /// <summary>As a PNG file, on white.</summary>
    public byte[] ToPng()
    {
        using var bitmap = Draw();
        return ToPng(bitmap, 256);
    }

    /// <summary>What <see cref="Draw"/> gave as a PNG file of so many colours.</summary>
    public byte[] ToPng(SKBitmap drawn, int colours) =>
        IndexedPng.Encode(Width, Height, MemoryMarshal.Cast<byte, uint>(drawn.GetPixelSpan()), colours);

    /// <summary>As a data URI (JPEG: photographs are its case, and thin coloured lines survive without chroma subsampling).</summary>
    public string ToJpegUri()
    {
        using var bitmap = Draw();
        using var pixmap = bitmap.PeekPixels();
        using var data =
            pixmap.Encode(new SKJpegEncoderOptions(JpegQuality, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore))
            ?? throw new InvalidOperationException($"Skia could not encode a picture of {Width} × {Height}.");
        return "data:image/jpeg;base64," + Convert.ToBase64String(data.AsSpan());
    }

    /// <summary>The pixels, blue first, red third; the caller disposes them.</summary>
    internal SKBitmap Draw()
    {
        var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        Paint(canvas);
        canvas.Flush();
        return bitmap;
    }

    private static Picture Message(string text, int width, int height) =>
        new(
            width,
            height,
            canvas =>
            {
                canvas.DrawRect(0, 0, width, height, new SKPaint { Color = new SKColor(0x60, 0x60, 0x60) });
                Painting.Paragraph(canvas, "cannot be shown: " + text, 8, 8, width - 16, 12, SKColors.White);
            }
        );

    private static byte[] Resize(RgbImage image, int width, int height)
    {
        if (width > image.Width && height > image.Height)
            return Enlargement.Of(image, width, height);
        using var bitmap = new Picture(
            width,
            height,
            canvas =>
            {
                using var pixels = ToSkia(image);
                var sampling = new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
                canvas.DrawImage(pixels, new SKRect(0, 0, width, height), sampling);
            }
        ).Draw();
        return bitmap.GetPixelSpan().ToArray();
    }

    private static SKImage ToSkia(RgbImage image)
    {
        int n = image.Width * image.Height;
        byte[] rgba = new byte[n * 4];
        for (int i = 0; i < n; i++)
        {
            rgba[i * 4] = image.Pixels[i * 3];
            rgba[i * 4 + 1] = image.Pixels[i * 3 + 1];
            rgba[i * 4 + 2] = image.Pixels[i * 3 + 2];
            rgba[i * 4 + 3] = 255;
        }
        return SKImage.FromPixelCopy(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), rgba);
    }
}
