using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Tests.Models.Qwen25Vl;

/// <summary>Vectors of bytes give what one byte at a time gives, whatever is left over at
/// their ends. That both are Pillow's is a golden's matter.</summary>
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
        AssertSame(
            BicubicResize.Resize(image, toWidth, toHeight),
            BicubicResize.Resize(BicubicResize.Resize(image, toWidth, height), toWidth, toHeight)
        );
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
