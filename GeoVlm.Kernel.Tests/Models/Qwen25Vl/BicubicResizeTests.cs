using System.Security.Cryptography;
using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Tests.Models.Qwen25Vl;

/// <summary>Vectors of bytes give what one byte at a time gives, whatever is left over at their ends, and both what Pillow gives.</summary>
public class BicubicResizeTests
{
    [Theory]
    [InlineData(1, 1, 3, 2)]
    [InlineData(7, 40, 3, 17)]
    [InlineData(33, 5, 70, 9)]
    [InlineData(64, 97, 31, 33)]
    [InlineData(130, 3, 55, 3)]
    public void Rows_are_resized_as_columns_are(int width, int height, int toWidth, int toHeight)
    {
        var image = Noise(width, height);
        // One pass each way, so that the order of the two passes plays no part.
        AssertSame(BicubicResize.Resize(image, toWidth, height), Turned(BicubicResize.Resize(Turned(image), height, toWidth)));
        AssertSame(BicubicResize.Resize(image, width, toHeight), Turned(BicubicResize.Resize(Turned(image), toHeight, width)));
    }

    [Theory]
    [InlineData(64, 100, 72, 96, "4e35be874d49")]
    [InlineData(67, 211, 56, 182, "058096f94b59")]
    [InlineData(67, 211, 72, 216, "38116c2e3471")]
    [InlineData(100, 100, 90, 80, "6711d56aa7cf")]
    [InlineData(100, 100, 99, 80, "ed23250de4d9")]
    [InlineData(80, 64, 84, 56, "83b15d83de81")]
    public void Either_pass_comes_first_as_in_Pillow_13(int width, int height, int toWidth, int toHeight, string digest)
    {
        var image = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
        for (int c = 0; c < 3; c++)
            image.Pixels[image.Offset(x, y) + c] = (byte)(x * x * 37 + y * y * 101 + x * y * 13 + c * 53);
        // What Pillow 13.0.0 made of the same picture.
        byte[] hash = SHA256.HashData(BicubicResize.Resize(image, toWidth, toHeight).Pixels);
        Assert.Equal(digest, Convert.ToHexStringLower(hash)[..12]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(6, 1)]
    [InlineData(7, 3)]
    [InlineData(16, 16)]
    public void Colours_come_out_of_a_picture_file_as_they_went_in(int width, int height)
    {
        var image = Noise(width, height);
        AssertSame(image, ImageDecoder.Decode(PictureFile.EncodePng(image), "noise"));
    }

    private static RgbImage Noise(int width, int height)
    {
        var image = new RgbImage(width, height);
        new Random(width * 1000 + height).NextBytes(image.Pixels);
        return image;
    }

    private static RgbImage Turned(RgbImage image)
    {
        var turned = new RgbImage(image.Height, image.Width);
        for (int y = 0; y < image.Height; y++)
        for (int x = 0; x < image.Width; x++)
            image.Pixels.AsSpan(image.Offset(x, y), 3).CopyTo(turned.Pixels.AsSpan(turned.Offset(y, x)));
        return turned;
    }

    private static void AssertSame(RgbImage expected, RgbImage actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.Equal(expected.Pixels, actual.Pixels);
    }
}
