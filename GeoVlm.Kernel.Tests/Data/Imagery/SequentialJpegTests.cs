using System.Runtime.Intrinsics.X86;
using GeoVlm.Data;
using GeoVlm.Data.Imagery.Jpeg;
using GeoVlm.Tests.Goldens;
using SkiaSharp;

namespace GeoVlm.Tests.Data.Imagery;

/// <summary>What our decoder takes over from Skia comes out byte for byte as Skia, that is libjpeg, gives it.</summary>
public class SequentialJpegTests
{
    [Fact]
    public void Every_size_quality_and_sampling_comes_out_as_from_libjpeg()
    {
        Assert.SkipUnless(Avx2.IsSupported, "The decoder needs AVX2; without it Skia decodes.");
        var random = new SeededRandom(5);
        int taken = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] file = JpegFixture.Draw(random, i);
            if (SequentialJpeg.Decode(file) is not { } ours)
                continue;
            taken++;
            AssertAsSkia(file, ours, $"picture {i}");
        }
        Assert.InRange(taken, 350, 400); // chroma narrower than three samples is left to Skia
    }

    [Fact]
    public void Pictures_of_real_datasets_come_out_as_from_libjpeg()
    {
        Assert.SkipUnless(Avx2.IsSupported, "The decoder needs AVX2; without it Skia decodes.");
        string root = SharedFolder.Require("eo-samples");
        string[] files = [.. Directory.EnumerateFiles(root, "*.jpg", SearchOption.AllDirectories).Where(f => !f.Contains("malformed"))];
        int taken = 0;
        foreach (string file in files)
            if (SequentialJpeg.Decode(File.ReadAllBytes(file)) is { } ours)
            {
                taken++;
                AssertAsSkia(File.ReadAllBytes(file), ours, file);
            }
        Assert.True(taken > files.Length / 2, $"{taken} of {files.Length} were decoded");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Restart_markers_begin_again(int interval)
    {
        Assert.SkipUnless(Avx2.IsSupported, "The decoder needs AVX2; without it Skia decodes.");
        byte[] file = JpegFixture.Grey(80, 24, interval, (column, row) => 16 * ((column * 7 + row * 3) % 15) - 112);
        var ours = SequentialJpeg.Decode(file);
        Assert.NotNull(ours);
        AssertAsSkia(file, ours, $"every {interval} blocks");
        Assert.Equal(16 * 7 - 112 + 128, ours.Pixels[3 * 8]); // the second block
    }

    [Fact]
    public void A_restart_marker_of_another_number_is_left_to_Skia()
    {
        byte[] file = JpegFixture.Grey(80, 24, 3, (_, _) => 16);
        file[file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD1]) + 1] = 0xD3;
        Assert.Null(SequentialJpeg.Decode(file));
    }

    [Fact]
    public void A_damaged_file_is_left_to_Skia_or_comes_out_as_there()
    {
        Assert.SkipUnless(Avx2.IsSupported, "The decoder needs AVX2; without it Skia decodes.");
        var random = new SeededRandom(6);
        int same = 0;
        for (int i = 0; i < 1500; i++)
        {
            byte[] file = JpegFixture.Draw(random, i);
            for (int k = 0; k <= random.Next(3); k++)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            if (random.Chance(.2))
                file = file[..random.Next(file.Length)];
            using var data = SKData.CreateCopy(file);
            using var codec = SKCodec.Create(data);
            if (codec is null || SequentialJpeg.Decode(file) is not { } ours)
                continue;
            same++;
            AssertAsSkia(file, ours, $"damaged picture {i}");
        }
        Assert.InRange(same, 100, 1400);
    }

    private static unsafe void AssertAsSkia(byte[] file, RgbImage ours, string what)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        byte[] rgba = new byte[info.BytesSize];
        fixed (byte* pixels = rgba)
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(info, (IntPtr)pixels));
        byte[] rgb = [.. rgba.Where((_, i) => i % 4 != 3)];
        Assert.Equal((info.Width, info.Height), (ours.Width, ours.Height));
        int same = ours.Pixels.AsSpan().CommonPrefixLength(rgb);
        Assert.True(same == rgb.Length, $"{what}, {info.Width} x {info.Height}: byte {same} differs");
    }
}
