using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Change pairs, disasters, series of dates, and GeoJSON.</summary>
public class PlaceFamilyTests
{
    [Theory]
    [InlineData("change-pair/levircd", "change-pair", 3, 32)]
    [InlineData("change-pair/levir-cc", "change-pair", 1, 256)]
    [InlineData("change-pair/s2looking", "change-pair", 1, 500)]
    [InlineData("change-pair/levircd/train.zip", "change-pair", 6, 1)]
    [InlineData("change-pair/xview2", "disaster", 1, 128)]
    [InlineData("change-pair/bright", "disaster", 1, 32)]
    [InlineData("change-pair/xview2/train_images_labels_targets.tar.gz", "disaster", 2, 0)]
    public void A_pair_has_two_dates_of_its_size(string path, string reader, int count, int size)
    {
        var dataset = Truth.Load(path, reader);
        Assert.Equal(count, dataset.Count);
        Assert.All(dataset.Samples, s => Assert.Equal(["before", "after"], s.Images.Select(i => i.Name)));
        if (size > 0)
            Assert.Equal(size, dataset.Samples[0].Images[0].Load().Width);
    }

    [Theory]
    [InlineData("train/time1", "train/time2", "train/label", ".png")]
    [InlineData("DSIFN/train/t1", "DSIFN/train/t2", "DSIFN/train/mask", ".png")]
    [InlineData("train/A", "train/B", "train/OUT", ".jpg")]
    [InlineData("train/Image1", "train/Image2", "train/label", ".png")]
    public void Every_layout_of_change_pairs_is_found(string before, string after, string label, string ending)
    {
        using var folder = new TemporaryFolder();
        folder.Image($"{before}/1{ending}", 32, 32);
        folder.Image($"{after}/1{ending}", 32, 32);
        folder.Image($"{label}/1{ending}", 32, 32, (x, y) => (byte)(x is >= 8 and < 16 && y is >= 8 and < 24 ? 255 : 0));
        var sample = Assert.Single(EoDataset.Load(folder.Path).Samples);
        var box = ((BoxesAnswer)sample.Reference).Objects.Single().Box;
        Assert.Equal(new Box(8, 8, 16, 24), box); // a JPEG mask blurs, and is cut at 128
        Assert.Equal("train", sample.Split);
        Assert.Equal(8 * 16, sample.ChangeMask!.Load().Count);
    }

    [Fact]
    public void SECOND_has_land_cover_where_something_changed_and_white_elsewhere()
    {
        using var folder = new TemporaryFolder();
        folder.Image("train/im1/1.png", 16, 16);
        folder.Image("train/im2/1.png", 16, 16);
        foreach (string map in new[] { "label1", "label2" })
            folder.Image($"train/{map}/1.png", 16, 16, (x, y) => (byte)(x is >= 4 and < 10 && y < 5 ? 128 : 255));
        var sample = Assert.Single(EoDataset.Load(folder.Path).Samples);
        Assert.Equal(30, sample.ChangeMask!.Load().Count);
        Assert.Equal(new Box(4, 0, 10, 5), Assert.Single(((BoxesAnswer)sample.Reference).Objects).Box);
    }

    [Fact]
    public void LEVIR_MCI_captions_have_the_mask_of_their_pair()
    {
        using var folder = new TemporaryFolder();
        foreach (string part in new[] { "A", "B" })
            folder.Image($"images/train/{part}/train_1.png", 16, 16);
        folder.Image(
            "images/train/label/train_1.png",
            16,
            16,
            (x, y) =>
                (byte)(
                    y < 2 ? 128
                    : y == 15 ? 255
                    : 0
                )
        );
        folder.Text(
            "LevirCCcaptions.json",
            """{"images": [{"filepath": "train", "filename": "train_1.png", "split": "train", "changeflag": 1, "sentences": [{"raw": "a road"}]}]}"""
        );
        var sample = Assert.Single(EoDataset.Load(folder.Path).Samples);
        Assert.Equal((EoTask.ChangeCaption, 2, 48), (sample.Task, sample.Images.Count, sample.ChangeMask!.Load().Count));
    }

    [Fact]
    public void XBD_outlines_give_type_boxes_and_count()
    {
        using var folder = new TemporaryFolder();
        foreach (string date in new[] { "pre", "post" })
            folder.Image($"train/images/palu-tsunami_00000001_{date}_disaster.png", 64, 64);
        folder.Text(
            "train/labels/palu-tsunami_00000001_post_disaster.json",
            """
            {"features": {"lng_lat": [], "xy": [
              {"properties": {"feature_type": "building", "subtype": "major-damage", "uid": "a"}, "wkt": "POLYGON ((10.5 10, 20 10, 20 20, 10.5 20, 10.5 10))"},
              {"properties": {"feature_type": "building", "subtype": "no-damage", "uid": "b"}, "wkt": "POLYGON ((30 30, 40 30, 40 41.5, 30 30), (31 31, 32 31, 32 32, 31 31))"},
              {"properties": {"subtype": "destroyed"}, "wkt": "POLYGON ((1 nan, 2 2))"}]},
             "metadata": {"disaster": "palu-tsunami", "disaster_type": "tsunami", "width": 64, "height": 64, "gsd": 2.1}}
            """
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("disaster", dataset.Reader);
        Assert.Equal([EoTask.DisasterType, EoTask.DisasterDetection, EoTask.AffectedCount], dataset.Samples.Select(s => s.Task));
        Assert.Equal(new TextAnswer("tsunami"), dataset.Samples[0].Reference);
        Assert.Equal(new Box(10.5, 10, 20, 20), ((BoxesAnswer)dataset.Samples[1].Reference).Objects.Single().Box);
        Assert.Equal(new TextAnswer("1"), dataset.Samples[2].Reference);
        Assert.Equal(["major damage", "no damage"], dataset.Samples[0].Objects.Select(o => o.Label));
        Assert.Contains(dataset.Problems, p => p.Where.EndsWith("features.xy[2]", StringComparison.Ordinal));
    }

    [Fact]
    public void FMoW_images_of_one_place_are_a_series_in_order_of_time()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 3; i++)
        {
            folder.Image($"train/airport/airport_0/airport_0_{i}_rgb.jpg", 64, 64);
            string boxes = """{"ID": 1, "category": "airport_terminal", "box": [4, 5, 20, 30]}""";
            folder.Text(
                $"train/airport/airport_0/airport_0_{i}_rgb.json",
                $$"""{"gsd": 0.5, "img_width": 64, "img_height": 64, "timestamp": "201{{3 - i}}-01-01T00:00:00Z", "cloud_cover": 0, "bounding_boxes": {{(i == 0 ? boxes : "[" + boxes + "]")}}}"""
            );
            folder.Text($"train/airport/airport_0/airport_0_{i}_msrgb.json", "{\"bounding_boxes\": []}");
        }
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("fmow", dataset.Reader);
        var place = Assert.Single(dataset.Samples);
        Assert.Equal(
            (EoTask.TemporalClassification, new TextAnswer("airport terminal"), "train"),
            (place.Task, place.Reference, place.Split)
        );
        Assert.Equal(["airport_0_2_rgb.jpg", "airport_0_1_rgb.jpg", "airport_0_0_rgb.jpg"], place.Images.Select(i => i.Name));
        Assert.Equal(new Box(4, 5, 24, 35), place.Objects[0].Box);
        Assert.Equal(0.5, place.Images[0].GroundSampleDistanceMetres);
    }

    [Fact]
    public void MUDS_asks_for_the_buildings_that_are_new()
    {
        using var folder = new TemporaryFolder();
        foreach (string month in new[] { "2018_01", "2019_06" })
            folder.Image($"train/L15-1/images_masked/global_monthly_{month}_mosaic_L15-1.png", 64, 64);
        string Feature(int id, int at) =>
            $$$"""{"type": "Feature", "properties": {"Id": {{{id}}} }, "geometry": {"type": "Polygon", "coordinates": [[[{{{at}}}, 1], [{{{at + 4}}}, 1], [{{{at + 4}}}, 5], [{{{at}}}, 1]]]}}""";
        folder.Text(
            "train/L15-1/labels_match_pix/global_monthly_2018_01_mosaic_L15-1_Buildings.geojson",
            $$"""{"type": "FeatureCollection", "features": [{{Feature(1, 2)}}]}"""
        );
        folder.Text(
            "train/L15-1/labels_match_pix/global_monthly_2019_06_mosaic_L15-1_Buildings.geojson",
            $$"""{"type": "FeatureCollection", "features": [{{Feature(1, 2)}}, {{Feature(2, 20)}}]}"""
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("muds", dataset.Reader);
        var sample = Assert.Single(dataset.Samples);
        Assert.Equal(new Box(20, 1, 24, 5), ((BoxesAnswer)sample.Reference).Objects.Single().Box);
        Assert.Equal((2, "train"), (sample.Objects.Count, sample.Split));
    }

    [Fact]
    public void Every_GeoJSON_file_has_its_features()
    {
        foreach (var (path, facts) in Truth.Of("geojson/").Where(f => f.Path.EndsWith(".geojson")))
        {
            var objects = Truth.Objects(Truth.Load(path, "geojson"));
            Assert.Equal((path, facts.GetProperty("features").GetInt32()), (path, objects.Count));
        }
        Assert.Contains(Truth.Objects(Truth.Load("geojson/cropharvest", "geojson")), o => o.Label == "soybean");
        Assert.Contains(Truth.Load("malformed/geojson-unclosed-ring.geojson", "geojson").Problems, p => p.What.Contains("not closed"));
        Assert.Contains(
            Truth.Load("malformed/geojson-nan-coordinate.geojson", "geojson").Problems,
            p => p.Line is not null && p.What.Contains("not valid JSON")
        );
    }

    [Fact]
    public void Places_become_pixels_of_the_GeoTIFF_of_their_name()
    {
        using var folder = new TemporaryFolder();
        string source = Goldens.SharedFolder.Require("eo-samples/scene-folder/eurosat/AnnualCrop/AnnualCrop_1.tif"); // EPSG:32635
        folder.Copy(source, "images/3band_AOI_1_img1.tif");
        var ground = GeoVlm.Data.Imagery.ImageDecoder.ReadHeader(source).Georeference!;
        var (west, north) = ground.ToLonLat(10, 20)!.Value;
        var (east, south) = ground.ToLonLat(30, 50)!.Value;
        string Number(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        folder.Text(
            "Geo_AOI_1_img1.geojson",
            $$$"""
            {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"class": "field"}, "geometry": {"type": "Polygon", "coordinates":
             [[[{{{Number(west)}}}, {{{Number(north)}}}], [{{{Number(east)}}}, {{{Number(north)}}}], [{{{Number(east)}}}, {{{Number(
                south
            )}}}], [{{{Number(west)}}}, {{{Number(north)}}}]]]} }]}
            """
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("geojson", dataset.Reader);
        var box = Assert.Single(dataset.Samples[0].Objects).Box;
        Assert.Equal("3band_AOI_1_img1.tif", dataset.Samples[0].Images.Single().Name);
        // The grid is turned a little against the meridian.
        Assert.InRange(Math.Abs(box.X1 - 10) + Math.Abs(box.Y1 - 20) + Math.Abs(box.X2 - 30) + Math.Abs(box.Y2 - 50), 0, 3);
    }

    [Fact]
    public void XView_features_carry_pixels()
    {
        using var folder = new TemporaryFolder();
        folder.Image("train_images/100.png", 64, 64);
        folder.Text(
            "xView_train.geojson",
            """
            {"type": "FeatureCollection", "features": [
             {"type": "Feature", "properties": {"bounds_imcoords": "3,4,10,12", "type_id": 73, "image_id": "100.png"}, "geometry": {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}},
             {"type": "Feature", "properties": {"bounds_imcoords": "3,4,x,12", "type_id": 73, "image_id": "100.png"}, "geometry": {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}}]}
            """
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(new Box(3, 4, 10, 12), Assert.Single(dataset.Samples[0].Objects).Box);
        Assert.Equal("100.png", dataset.Samples[0].Images.Single().Name);
        Assert.Contains(dataset.Problems, p => p.What.Contains("bounds_imcoords"));
    }
}
