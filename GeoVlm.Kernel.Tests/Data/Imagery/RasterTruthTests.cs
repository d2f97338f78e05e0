using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Imagery;

/// <summary>Every raster of the sample collection against what GDAL reads: size,
/// bands, type, coordinate system, transform, samples.</summary>
public class RasterTruthTests
{
    // What is not read says so; see the README's limits.
    private static readonly string[] refused = ["geotiff/jp2/T16TFM_20220412T162841_TCI.jp2", "geotiff/jp2/T16TFM_20220412T162841_B04.jp2"];

    [Fact]
    public void Every_raster_has_the_size_type_ground_and_samples_that_GDAL_reads()
    {
        string root = SharedFolder.Require("eo-samples");
        using var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "truth.json")));
        List<string> wrong = [];
        int read = 0;
        foreach (var entry in truth.RootElement.GetProperty("raster").EnumerateObject())
        {
            // GDAL gives this one as RGBA, where a raster holds what is stored: cyan, magenta, yellow, black.
            if (
                entry.Name.StartsWith("malformed", StringComparison.Ordinal)
                || entry.Name.EndsWith("seq-4c-8b-cmyk-352ac1da.tiff", StringComparison.Ordinal)
            )
                continue;
            try
            {
                string? fault = Compare(Path.Combine(root, entry.Name), entry.Value);
                if (refused.Contains(entry.Name))
                    fault = "was to be refused";
                if (fault is not null)
                    wrong.Add($"{entry.Name}: {fault}");
                read++;
            }
            catch (GeoVlmException e)
            {
                if (!refused.Contains(entry.Name))
                    wrong.Add($"{entry.Name}: {e.Message}");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong, {read} read:\n{string.Join("\n", wrong)}");
        Assert.True(read > 140);
    }

    private static string? Compare(string path, JsonElement truth)
    {
        var raster = Raster.Open(path);
        var header = raster.Header;
        string dtype = truth.GetProperty("dtypes")[0].GetString()!;
        if (header.Width != truth.GetProperty("width").GetInt32() || header.Height != truth.GetProperty("height").GetInt32())
            return $"size {header.Width} x {header.Height}";
        if (header.Bands != truth.GetProperty("bands").GetInt32())
            return $"{header.Bands} bands";
        if (header.SampleType != dtype)
            return $"type {header.SampleType}, not {dtype}";
        bool isTiff = header.Compression is not null;
        if (isTiff)
        {
            string? crs = truth.GetProperty("crs").GetString();
            if (crs?.StartsWith("EPSG:", StringComparison.Ordinal) == true && header.Georeference?.Crs != crs)
                return $"crs {header.Georeference?.Crs}, not {crs}";
            if (truth.GetProperty("transform") is { ValueKind: JsonValueKind.Array } expected)
            {
                var t = header.Georeference?.Transform ?? default;
                double[] found = [t.A, t.B, t.C, t.D, t.E, t.F],
                    wanted = [.. expected.EnumerateArray().Select(v => v.GetDouble())];
                if (found.Zip(wanted).Any(p => Math.Abs(p.First - p.Second) > 1e-9 * Math.Max(1, Math.Abs(p.Second))))
                    return $"transform {string.Join(", ", found)}, not {string.Join(", ", wanted)}";
            }
            var nodata = truth.GetProperty("nodata");
            if (nodata.ValueKind == JsonValueKind.Number && (float?)header.Nodata != (float)nodata.GetDouble())
                return $"nodata {header.Nodata}";
            if (!header.Overviews.SequenceEqual(truth.GetProperty("overviews").EnumerateArray().Select(o => o.GetInt32())))
                return $"overviews {string.Join(",", header.Overviews)}";
        }
        var bands = raster.Read();
        bool lossy = truth.GetProperty("compress").GetString()?.Contains("JPEG", StringComparison.Ordinal) == true;
        for (int b = 0; b < bands.Count; b++)
        {
            double First(string name) => double.Parse(truth.GetProperty(name)[b].GetString()!, CultureInfo.InvariantCulture);
            double corner = bands[b][0],
                centre = bands[b][header.Height / 2 * header.Width + header.Width / 2];
            if (!Near(corner, First("first")))
                return $"first of band {b} is {corner}, not {First("first")}";
            if (!Near(centre, First("centre")))
                return $"centre of band {b} is {centre}, not {First("centre")}";
        }
        return lossy || Hash(bands, dtype) == truth.GetProperty("sha256_le_bandseq").GetString() ? null : "samples differ somewhere";

        bool Near(double found, double wanted) =>
            lossy ? Math.Abs(found - wanted) <= 3 : (float)found == (float)wanted || Math.Abs(found - wanted) < 1e-6 * Math.Abs(wanted);
    }

    private static string Hash(IReadOnlyList<double[]> bands, string dtype)
    {
        int size = dtype[^2..] switch
        {
            "16" => 2,
            "32" => 4,
            "64" => 8,
            _ => 1,
        };
        var bytes = new byte[bands.Sum(b => b.Length) * size + 8];
        int at = 0;
        foreach (double[] band in bands)
        foreach (double value in band)
        {
            var sample = bytes.AsSpan(at, 8);
            if (dtype == "float32")
                BinaryPrimitives.WriteSingleLittleEndian(sample, (float)value);
            else if (dtype == "float64")
                BinaryPrimitives.WriteDoubleLittleEndian(sample, value);
            else
                BinaryPrimitives.WriteInt64LittleEndian(sample, (long)value);
            at += size;
        }
        return Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, at)))[..16];
    }

    [Theory]
    // The CN Tower, as gazetteers give it; the sphere's own formulas, x = R·λ and y = R·artanh(sin φ); the zone's middle on the equator.
    [InlineData("EPSG:32617", 630084, 4833438, -79.3871, 43.6426, 4)]
    [InlineData("EPSG:3857", 14321853.1157, 4533021.5254, 128.655396, 37.670777, 6)]
    [InlineData("EPSG:26918", 500000, 0, -75, 0, 9)]
    [InlineData("EPSG:32756", 500000, 10000000, 153, 0, 9)]
    public void Pixels_have_a_place_on_the_earth_and_places_a_pixel(
        string crs,
        double x,
        double y,
        double longitude,
        double latitude,
        int digits
    )
    {
        var place = new GeoReference(new GeoTransform(10, 0, x - 1000, 0, -10, y + 500), crs);
        var (lon, lat) = place.ToLonLat(100, 50)!.Value;
        Assert.Equal(longitude, lon, digits);
        Assert.Equal(latitude, lat, digits);
        var (column, row) = place.ToPixel(lon, lat)!.Value;
        Assert.Equal((100, 50), (Math.Round(column, 3), Math.Round(row, 3)));
    }

    [Fact]
    public void A_window_holds_the_pixels_of_the_whole_and_an_overview_its_size()
    {
        string path = SharedFolder.Require("eo-samples/geotiff/rasterio/cogeo.tif");
        var raster = Raster.Open(path);
        var window = new PixelWindow(500, 300, 40, 30);
        double[] whole = raster.Read([1])[0],
            part = raster.Read([1], window)[0];
        for (int y = 0; y < window.Height; y++)
            Assert.Equal(whole.Skip((300 + y) * 1024 + 500).Take(40), part.Skip(y * 40).Take(40));
        Assert.Equal(128 * 128, raster.Read([0], overview: 8)[0].Length);
        var scene = SharedFolder.Require("eo-samples/scene-folder/eurosat/AnnualCrop/AnnualCrop_1.tif");
        var picture = ImageDecoder.Decode(scene);
        var corner = ImageDecoder.DecodeWindow(scene, new PixelWindow(60, 60, 4, 4));
        Assert.Equal(
            picture.Pixels[picture.Offset(61, 62)..picture.Offset(64, 62)],
            corner.Pixels[corner.Offset(1, 2)..(corner.Offset(3, 2) + 3)]
        );
    }
}
