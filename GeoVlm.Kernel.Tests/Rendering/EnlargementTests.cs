using GeoVlm.Data;
using GeoVlm.Rendering;
using SkiaSharp;

namespace GeoVlm.Tests.Rendering;

public sealed class EnlargementTests
{
    /// <summary>The drawing library has the same cubic, slower.</summary>
    [Theory]
    [InlineData(37, 21, 74, 42)]
    [InlineData(64, 64, 168, 168)]
    [InlineData(2, 3, 31, 40)]
    public void It_is_the_cubic_of_the_drawing_library(int width, int height, int wide, int high)
    {
        var random = new SeededRandom(5);
        var image = new RgbImage(width, height);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)random.Next(256);
        byte[] ours = Enlargement.Of(image, wide, high);

        using var small = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            small.SetPixel(
                x,
                y,
                new SKColor(image.Pixels[image.Offset(x, y)], image.Pixels[image.Offset(x, y) + 1], image.Pixels[image.Offset(x, y) + 2])
            );
        using var large = new SKBitmap(new SKImageInfo(wide, high, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(large);
        using var source = SKImage.FromBitmap(small);
        canvas.DrawImage(source, new SKRect(0, 0, wide, high), new SKSamplingOptions(SKCubicResampler.Mitchell));
        canvas.Flush();
        byte[] theirs = large.Bytes;
        Assert.Equal(theirs.Length, ours.Length);
        int most = ours.Zip(theirs).Max(p => Math.Abs(p.First - p.Second));
        Assert.InRange(most, 0, 2); // it rounds the weights
    }
}
