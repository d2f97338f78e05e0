using BitMiracle.LibTiff.Classic;
using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Data.Readers;

namespace GeoVlm.Tests.Data.Imagery;

public class BandRulesTests
{
    [Theory]
    [InlineData(null, 13, 4, 3, 2)]
    [InlineData("sentinel-2", 12, 4, 3, 2)]
    [InlineData("sentinel-2", 10, 3, 2, 1)]
    [InlineData("false-colour", 13, 8, 4, 3)]
    [InlineData("false-colour", 10, 7, 3, 2)]
    [InlineData("short-wave", 13, 12, 13, 4)]
    [InlineData("short-wave", 12, 12, 9, 4)]
    [InlineData("landsat-7", 6, 3, 2, 1)]
    [InlineData("landsat-8", 7, 4, 3, 2)]
    [InlineData("landsat-8-false-colour", 7, 5, 4, 3)]
    [InlineData("sar", 2, 1, 2, 1)]
    [InlineData("rgb", 4, 1, 2, 3)]
    [InlineData("grey", 4, 1, 1, 1)]
    [InlineData("6,5,4", 8, 6, 5, 4)]
    public void A_rule_shows_its_bands_the_same_way_each_time_and_the_sample_says_so(string? rule, int bands, int red, int green, int blue)
    {
        using var folder = new TemporaryFolder();
        // Band b holds 10 b + x: a fixed stretch from 0 to 255 shows it as it is.
        TiffFixture.Write(folder.File("a.tif"), 20, 16, bands, 16, false, false, Compression.LZW, 1, (x, _, band) => 10 * (band + 1) + x);
        var options = new ReadOptions { Bands = rule, Stretch = Stretch.Parse("0,255") };
        var image = EoDataset.Load(folder.File("a.tif"), options: options).Samples.Single().Images.Single();
        var pixels = image.Load();
        Assert.Equal(
            [(byte)(10 * red + 7), (byte)(10 * green + 7), (byte)(10 * blue + 7)],
            pixels.Pixels.AsSpan(pixels.Offset(7, 3), 3).ToArray()
        );
        Assert.Equal(pixels.Pixels, image.Load().Pixels);
        string shown = red == green && green == blue ? $"band {red} of {bands} as grey" : $"bands {red}, {green}, {blue} of {bands}";
        Assert.Equal($"{shown} (uint16), stretched from 0 to 255", image.Rendition);
    }

    [Fact]
    public void A_rule_that_does_not_fit_names_the_band_that_is_missing()
    {
        Assert.Contains("band 8 of a file with 4", Assert.Throws<GeoVlmException>(() => BandRules.Of("false-colour", 4)).Message);
        Assert.Contains("sentinel-2", Assert.Throws<GeoVlmException>(() => BandRules.Checked("sentinel2x")).Message);
        Assert.Throws<GeoVlmException>(() => Stretch.Parse("98%,2%"));
    }
}
