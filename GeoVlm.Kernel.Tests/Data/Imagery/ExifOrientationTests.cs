using GeoVlm.Data.Imagery;
using GeoVlm.Tests.Data.Readers;
using SkiaSharp;

namespace GeoVlm.Tests.Data.Imagery;

public class ExifOrientationTests
{
    // 1 2 3
    // 4 5 6
    [Theory]
    [InlineData(SKEncodedOrigin.TopLeft, "123/456")]
    [InlineData(SKEncodedOrigin.TopRight, "321/654")]
    [InlineData(SKEncodedOrigin.BottomRight, "654/321")]
    [InlineData(SKEncodedOrigin.BottomLeft, "456/123")]
    [InlineData(SKEncodedOrigin.LeftTop, "14/25/36")]
    [InlineData(SKEncodedOrigin.RightTop, "41/52/63")]
    [InlineData(SKEncodedOrigin.RightBottom, "63/52/41")]
    [InlineData(SKEncodedOrigin.LeftBottom, "36/25/14")]
    public void Each_of_the_eight_is_as_EXIF_has_it(SKEncodedOrigin origin, string seen)
    {
        var stored = new GeoVlm.Data.RgbImage(3, 2, [.. Enumerable.Range(1, 6).SelectMany(v => new[] { (byte)v, (byte)v, (byte)v })]);
        var turned = ExifOrientation.Apply(stored, origin);
        string rows = string.Join(
            '/',
            Enumerable
                .Range(0, turned.Height)
                .Select(y => string.Concat(Enumerable.Range(0, turned.Width).Select(x => turned.Pixels[turned.Offset(x, y)])))
        );
        Assert.Equal(seen, rows);
    }

    [Fact]
    public void A_picture_is_turned_only_when_asked()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.jpg", 40, 20, (x, _) => (byte)(x < 20 ? 0 : 255));
        byte[] jpeg = File.ReadAllBytes(folder.File("a.jpg"));
        // An EXIF segment with one tag: orientation 6, turned a quarter to the right.
        byte[] exif =
        [
            0xFF,
            0xE1,
            0,
            34,
            (byte)'E',
            (byte)'x',
            (byte)'i',
            (byte)'f',
            0,
            0,
            (byte)'M',
            (byte)'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            6,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        File.WriteAllBytes(folder.File("t.jpg"), [.. jpeg[..2], .. exif, .. jpeg[2..]]);
        var stored = ImageDecoder.ReadHeader(folder.File("t.jpg"));
        Assert.Equal((40, 20), (stored.Width, stored.Height));
        Assert.Contains("ignored", stored.Rendition);
        var options = new ImageOptions { Upright = true };
        var seen = ImageDecoder.Decode(folder.File("t.jpg"), options);
        Assert.Equal((20, 40, 20), (seen.Width, seen.Height, ImageDecoder.ReadHeader(folder.File("t.jpg"), options).Width));
        Assert.True(seen.Pixels[seen.Offset(10, 5)] < 50 && seen.Pixels[seen.Offset(10, 35)] > 200);
    }
}
