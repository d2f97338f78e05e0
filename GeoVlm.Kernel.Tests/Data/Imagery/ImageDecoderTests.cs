using System.Runtime.InteropServices;
using System.Text.Json;
using BitMiracle.LibTiff.Classic;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Tests.Data.Readers;
using GeoVlm.Tests.Goldens;
using SkiaSharp;

namespace GeoVlm.Tests.Data.Imagery;

public class ImageDecoderTests
{
    [Fact]
    public void Alpha_is_dropped_not_blended()
    {
        using var folder = new TemporaryFolder();
        using var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        Marshal.Copy(new byte[] { 200, 100, 50, 0, 10, 20, 30, 128 }, 0, bitmap.GetPixels(), 8);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(folder.File("a.png"), png.ToArray());
        Assert.Equal([200, 100, 50, 10, 20, 30], ImageDecoder.Decode(folder.File("a.png")).Pixels);
    }

    [Theory]
    [InlineData(false, 16, Compression.LZW, 2)]
    [InlineData(true, 16, Compression.ADOBE_DEFLATE, 2)]
    [InlineData(false, 32, Compression.ADOBE_DEFLATE, 3)]
    [InlineData(true, 32, Compression.PACKBITS, 1)]
    public void Bands_of_strips_and_tiles_chunky_and_planar_come_out_stretched(bool tiled, int bits, Compression compression, int predictor)
    {
        using var folder = new TemporaryFolder();
        foreach (bool planar in new[] { false, true })
        {
            // 40 x 24 pixels, 13 bands: band b of pixel (x, y) holds 100 b + x, so red, green and blue are all the ramp x.
            string path = folder.File($"{planar}.tif");
            TiffFixture.Write(path, 40, 24, 13, bits, tiled, planar, compression, predictor, (x, _, band) => 100 * band + x);
            var image = ImageDecoder.Decode(path);
            Assert.Equal((40, 24), (image.Width, image.Height));
            for (int y = 0; y < 24; y += 23)
                foreach (int x in new[] { 0, 1, 20, 38, 39 })
                    // 2 % of 40 columns is the first, 98 % the last: (x − low) / (high − low) with low 0 and high 39 (nearest rank).
                    for (int c = 0; c < 3; c++)
                        Assert.Equal(Math.Round(x * 255.0 / 39), image.Pixels[image.Offset(x, y) + c]);
            Assert.StartsWith("bands 4, 3, 2 of 13", ImageDecoder.ReadHeader(path).Rendition);
        }
    }

    [Fact]
    public void NaN_and_nodata_take_no_part_in_the_stretch_and_are_black()
    {
        using var folder = new TemporaryFolder();
        TiffFixture.Write(
            folder.File("a.tif"),
            10,
            10,
            1,
            32,
            false,
            false,
            Compression.NONE,
            1,
            (x, y, _) => y == 0 ? double.NaN : 100 + x
        );
        var image = ImageDecoder.Decode(folder.File("a.tif"));
        Assert.Equal(0, image.Pixels[image.Offset(9, 0)]);
        Assert.Equal(255, image.Pixels[image.Offset(9, 1)]);
    }

    [Fact]
    public void A_16_bit_PNG_keeps_the_bits_that_an_8_bit_decoder_drops()
    {
        // 12-bit values in a 16-bit file: their upper bytes are 0 to 15, nearly black.
        using var folder = new TemporaryFolder();
        PngFixture.Write16(
            folder.File("deep.png"),
            40,
            4,
            3,
            (x, _, band) =>
                band == 0 ? x * 100
                : band == 1 ? 4000 - x * 100
                : 77
        );
        var header = ImageDecoder.ReadHeader(folder.File("deep.png"));
        Assert.Equal("uint16", header.SampleType);
        Assert.Contains("stretched", header.Rendition);
        Assert.Equal(3900, Raster.Open(folder.File("deep.png")).Read([0])[0][39]);
        var image = ImageDecoder.Decode(folder.File("deep.png"));
        Assert.Equal((0, 255), (image.Pixels[0], image.Pixels[image.Offset(39, 2)]));
        var plain = ImageDecoder.Decode(folder.File("deep.png"), new ImageOptions { Bands = "2,2,1", Stretch = Stretch.Parse("0,4000") });
        Assert.Equal((255, 0), (plain.Pixels[0], plain.Pixels[2]));
    }

    [Fact]
    public void A_window_of_a_large_file_reads_only_what_it_touches()
    {
        // A sparse uncompressed GeoTIFF of 1 GB: 32768 x 32768 bytes in one strip.
        using var folder = new TemporaryFolder();
        string path = folder.File("large.tif");
        TiffFixture.WriteSparse(path, 32768, 32768);
        var window = new PixelWindow(20000, 30000, 256, 100);
        double[] samples = Raster.Open(path).Read([0], window, 0, out long bytes)[0];
        Assert.Equal(25600, samples.Length);
        Assert.InRange(bytes, 25600, 200_000);
        Assert.Equal(256, ImageDecoder.DecodeWindow(path, window, new ImageOptions { MaxPixels = 1_000_000 }).Width);
    }

    [Fact]
    public void A_mask_is_set_where_its_value_is_greater_than_zero()
    {
        using var folder = new TemporaryFolder();
        TiffFixture.Write(folder.File("mask.tif"), 4, 1, 1, 16, false, false, Compression.NONE, 1, (x, _, _) => x);
        Assert.Equal([false, true, true, true], ImageDecoder.DecodeMask(folder.File("mask.tif")).Bits);
    }

    [Theory]
    [InlineData("geotiff/image-tiff/bigtiff/BigTIFFLong.tif")]
    [InlineData("geotiff/rasterio/green.tif")]
    [InlineData("geotiff/rasterio/rgb_lzw.tif")]
    [InlineData("geotiff/rasterio/rgb_deflate.tif")]
    [InlineData("geotiff/rasterio/rotated.tif")]
    [InlineData("geotiff/rasterio/world.rgb.tif")]
    [InlineData("geotiff/torchgeo/treesatai_Acer_3_5758.tif")]
    [InlineData("geotiff/torchgeo/L71226098_09820011112.TIF")]
    [InlineData("geotiff/earthdial/Water_Bodies_LR.tif")]
    [InlineData("scene-folder/ucmerced/Images/airplane/airplane00.tif")]
    [InlineData("dota/real/images/P1888.png")]
    public void Eight_bit_files_have_the_corner_and_centre_pixels_that_GDAL_reads(string file)
    {
        string path = SharedFolder.Require("eo-samples/" + file);
        using var truth = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("eo-samples/truth.json")));
        var expected = truth.RootElement.GetProperty("raster").GetProperty(file);
        var image = ImageDecoder.Decode(path);
        Assert.Equal((expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32()), (image.Width, image.Height));
        Check("first", 0, 0);
        Check("centre", image.Width / 2, image.Height / 2);

        void Check(string name, int x, int y)
        {
            var bands = expected.GetProperty(name).EnumerateArray().Select(v => int.Parse(v.GetString()!)).ToArray();
            Assert.Equal(
                bands.Length < 3 ? [bands[0], bands[0], bands[0]] : bands[..3],
                image.Pixels.Skip(image.Offset(x, y)).Take(3).Select(b => (int)b)
            );
        }
    }

    [Fact]
    public void A_13_band_EuroSAT_image_shows_B04_B03_B02_and_knows_its_ground_sample_distance()
    {
        string path = SharedFolder.Require("eo-samples/scene-folder/eurosat/AnnualCrop/AnnualCrop_1.tif");
        var header = ImageDecoder.ReadHeader(path);
        Assert.Equal((64, 64), (header.Width, header.Height));
        Assert.Equal(10.0, header.GroundSampleDistanceMetres!.Value, 2);
        Assert.Equal("bands 4, 3, 2 of 13 (uint16), stretched from the 2nd to the 98th percentile of each band", header.Rendition);
        var image = ImageDecoder.Decode(path);
        for (int c = 0; c < 3; c++)
        {
            double mean = image.Pixels.Where((_, i) => i % 3 == c).Average(b => b);
            Assert.InRange(mean, 40, 220);
        }
        // Red is band 4: the first pixel's 2610 is above the centre's 2121.
        Assert.True(image.Pixels[0] > image.Pixels[image.Offset(32, 32)]);
    }

    [Theory]
    [InlineData("geotiff/rasterio/cogeo.tif", 1024, 1024)]
    [InlineData("geotiff/image-tiff/tiled-jpeg-ycbcr.tif", 374, 499)]
    [InlineData("geotiff/image-tiff/predictor-3-rgb-f32.tif", 200, 200)]
    [InlineData("geotiff/torchgeo/S1A_VH.tif", 36, 36)]
    [InlineData("malformed/jpeg-is-png.jpg", 32, 32)]
    public void Other_real_files_decode_to_something_that_is_not_black(string file, int width, int height)
    {
        var image = ImageDecoder.Decode(SharedFolder.Require("eo-samples/" + file));
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.True(image.Pixels.Distinct().Count() > 3);
    }

    [Theory]
    [InlineData("tiff-truncated-data.tif", "tile 7 is cut short")]
    [InlineData("tiff-truncated-header.tif", "header")]
    [InlineData("tiff-ifd-offset-beyond-eof.tif", "")]
    [InlineData("tiff-huge-dimensions.tif", "verflow")]
    [InlineData("tiff-html-error-page.tif", "not a PNG, JPEG or TIFF")]
    [InlineData("tiff-empty.tif", "empty")]
    [InlineData("png-truncated.png", "")]
    [InlineData("png-bad-crc.png", "")]
    [InlineData("png-decompression-bomb.png", "more than the")]
    [InlineData("jpeg-truncated.jpg", "cut short")]
    public void Broken_images_end_in_an_error_that_names_the_file(string file, string says)
    {
        string path = SharedFolder.Require("eo-samples/malformed/" + file);
        var error = Assert.Throws<GeoVlmException>(() => ImageDecoder.Decode(path));
        Assert.Contains(file, error.Message);
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public void Fuzzed_files_decode_or_end_in_our_error()
    {
        string folder = SharedFolder.Require("eo-samples/malformed-real");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => !f.Contains("parquet")).Order().ToList();
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            var error = Record.Exception(() => ImageDecoder.Decode(file, 4_000_000));
            Assert.True(error is null or GeoVlmException, $"{file}: {error}");
        }
    }
}
