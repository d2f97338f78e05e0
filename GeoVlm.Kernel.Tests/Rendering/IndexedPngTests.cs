using GeoVlm.Rendering;
using SkiaSharp;

namespace GeoVlm.Tests.Rendering;

public sealed class IndexedPngTests
{
    [Theory]
    [InlineData(0xFFFFFFFF)] // opaque white, with which every table and chart begins
    [InlineData(0xFF000000)]
    public void Few_colours_come_back_exactly_from_the_first_pixel_on(uint first)
    {
        uint[] pixels = [first, first, 0xFF868686, first, 0xFF0072B2, 0xFFFFFFFF];
        using var read = SKBitmap.Decode(IndexedPng.Encode(3, 2, pixels));
        Assert.Equal(pixels, read.Pixels.Select(p => (uint)p));
    }

    [Fact]
    public void Many_colours_come_back_nearly()
    {
        uint[] pixels = [.. Enumerable.Range(0, 64 * 64).Select(i => 0xFF000000 | (uint)(i % 64 * 4 << 16 | i / 64 * 4 << 8 | 40))];
        using var read = SKBitmap.Decode(IndexedPng.Encode(64, 64, pixels));
        Assert.All(
            read.Pixels.Zip(pixels),
            p =>
                Assert.InRange(
                    Math.Abs(p.First.Red - (int)(p.Second >> 16 & 255)) + Math.Abs(p.First.Green - (int)(p.Second >> 8 & 255)),
                    0,
                    40
                )
        );
    }
}
