using System.Runtime.Intrinsics.X86;
using GeoVlm.Data;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Tests.Models.Qwen25Vl;

/// <summary>Vectors give the numbers that double precision, rounded once, gives; where they would not, they are not used.</summary>
public class NormalisationTests
{
    [Theory]
    [InlineData(0.48145466, 0.26862954)] // of the release, and of CLIP
    [InlineData(0.4578275, 0.26130258)]
    [InlineData(0.40821073, 0.27577711)]
    [InlineData(0.485, 0.229)] // of ImageNet
    [InlineData(0.5, 0.5)]
    public void Every_byte_comes_out_as_from_double_precision(double mean, double standardDeviation)
    {
        var image = EveryByte();
        for (int channel = 0; channel < 3; channel++)
        {
            var normalisation = new Normalisation(channel, mean, standardDeviation);
            foreach (int size in (int[])[1, 7, 8, 9, 14, 16, 20])
                AssertExact(normalisation, channel, mean, standardDeviation, size, image);
        }
    }

    [Fact]
    public void Vectors_are_used_for_the_release_and_not_where_they_would_round_otherwise()
    {
        Assert.SkipUnless(Avx2.IsSupported && Fma.IsSupported, "Vectors need AVX2 and FMA.");
        var preprocessor = new ImagePreprocessor();
        for (int channel = 0; channel < 3; channel++)
            Assert.True(new Normalisation(channel, preprocessor.Mean[channel], preprocessor.StandardDeviation[channel]).UsesVectors(14));
        Assert.False(new Normalisation(0, 0.5, 0.5).UsesVectors(7)); // narrower than a vector
        // Numbers so large that the coarse part of a line is rounded.
        var steep = new Normalisation(1, 0.4, 0.001);
        Assert.False(steep.UsesVectors(14));
        AssertExact(steep, 1, 0.4, 0.001, 14, EveryByte());
    }

    private static void AssertExact(Normalisation normalisation, int channel, double mean, double deviation, int size, RgbImage image)
    {
        float[] values = new float[size * size + 1];
        for (int top = 0; top + size <= image.Height; top += size)
        for (int left = 0; left + size <= image.Width; left += size)
        {
            values[^1] = 77;
            normalisation.Write(image, left, top, size, values);
            for (int i = 0; i < size * size; i++)
                Assert.Equal(
                    (float)((image.Pixels[image.Offset(left + i % size, top + i / size) + channel] / 255.0 - mean) / deviation),
                    values[i]
                );
            Assert.Equal(77, values[^1]); // what lies behind is left alone
        }
    }

    // Each channel has all 256 levels, in an order of its own.
    private static RgbImage EveryByte()
    {
        var image = new RgbImage(40, 40);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i / 3 * (2 * (i % 3) + 1) + 50 * (i % 3));
        return image;
    }
}
