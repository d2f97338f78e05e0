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

    /// <summary>A legend beside a photograph: few pixels, but their colours say what the picture means.</summary>
    [Fact]
    public void Flat_colours_beside_a_photograph_come_back_exactly()
    {
        var random = new GeoVlm.Data.SeededRandom(1);
        uint[] pixels = [.. Enumerable.Range(0, 200 * 200).Select(_ => 0xFF000000 | (uint)random.Next(1 << 24))];
        uint[] legend = [0xFFD55E00, 0xFFE69F00, 0xFFF0E442, 0xFFFFFFFF];
        for (int i = 0; i < legend.Length; i++)
        for (int row = 0; row < 2; row++)
            Array.Fill(pixels, legend[i], (10 * i + row) * 200 + 5, 14);
        foreach (int most in (int[])[256, 40])
        {
            using var read = SKBitmap.Decode(IndexedPng.Encode(200, 200, pixels, most));
            Assert.Equal(legend, legend.Select((_, i) => (uint)read.GetPixel(10, 10 * i)));
        }
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
