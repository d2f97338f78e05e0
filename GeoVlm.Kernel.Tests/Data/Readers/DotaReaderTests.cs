using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

public class DotaReaderTests
{
    [Fact]
    public void P1888_has_64_vehicles_its_ground_sample_distance_and_its_first_box()
    {
        var dataset = ReaderCatalogue.Load(SharedFolder.Require("eo-samples/dota/real"));
        Assert.Equal("dota", dataset.Reader);
        Assert.Equal(6, dataset.Problems.Count(p => p.What.Contains("does not exist"))); // seven label files, one image
        Assert.Equal(["detect all large vehicles", "detect all small vehicles"], dataset.Samples.Select(s => s.Question));
        var small = dataset.Samples[1];
        Assert.Equal(64, small.Objects.Count);
        Assert.Equal(0.266170468393, small.Images[0].GroundSampleDistanceMetres);
        var boxes = Assert.IsType<BoxesAnswer>(small.Reference);
        Assert.Equal(14, boxes.Objects.Count);
        // Of 674 375 683 375 684 394 675 395; the index page says 394, the corners and truth.json 395.
        Assert.Equal(new Box(674, 375, 684, 395), boxes.Objects[0].Box);
        // Head at the top: the heading points up (−90°, with the slant of the quad), 9 wide, about 19.5 long.
        var oriented = boxes.Objects[0].Oriented!.Value;
        Assert.InRange(oriented.AngleDegrees, -95, -88);
        Assert.InRange(oriented.Width, 19, 20.1);
        Assert.InRange(oriented.Height, 9, 9.2);
    }

    [Fact]
    public void A_tile_without_header_keeps_difficult_and_a_crossing_box_is_kept_without_rotation()
    {
        // The image beside the sample's label file is another, smaller one.
        using var folder = new TemporaryFolder();
        folder.Copy(SharedFolder.Require("eo-samples/dota/tile/labelTxt/P0004__1__0___0.txt"), "labelTxt/P0004__1__0___0.txt");
        folder.Image("images/P0004__1__0___0.png", 1024, 1024);
        var dataset = ReaderCatalogue.Load(folder.Path);
        var planes = Assert.Single(dataset.Samples).Objects;
        Assert.Equal([false, false, true, false], planes.Select(o => o.Difficult));
        Assert.Equal([true, true, true, false], planes.Select(o => o.Oriented is not null));
        Assert.Contains(dataset.Problems, p => p.Where == "labelTxt/P0004__1__0___0.txt:4" && p.What.Contains("cross"));
    }

    [Theory]
    [InlineData("dota-nine-fields.txt", 4, "P.txt:3", "no difficult field")]
    [InlineData("dota-seven-coords.txt", 3, "P.txt:3", "field 8 is 'small-vehicle'")]
    [InlineData("dota-nan.txt", 3, "P.txt:4", "1e400")]
    [InlineData("dota-comma-separated.txt", 0, "P.txt:6", "1 fields")]
    [InlineData("dota-decimal-comma.txt", 0, "P.txt:1", "674,5")]
    [InlineData("dota-crlf-no-header.txt", 4, null, "")]
    public void A_broken_line_is_reported_by_number_and_the_others_load(string file, int objects, string? where, string what)
    {
        using var folder = new TemporaryFolder();
        folder.Copy(SharedFolder.Require("eo-samples/malformed/" + file), "labelTxt/P.txt");
        folder.Image("images/P.png", 712, 557);
        var dataset = ReaderCatalogue.Load(folder.Path);
        Assert.Equal(objects, dataset.Samples.FirstOrDefault()?.Objects.Count ?? 0);
        if (where is null)
            Assert.Empty(dataset.Problems);
        else
            Assert.Contains(dataset.Problems, p => p.Where == "labelTxt/" + where && p.What.Contains(what));
    }

    [Fact]
    public void A_large_image_becomes_tiles_whose_boxes_and_pixels_fit()
    {
        using var folder = new TemporaryFolder();
        folder.Image("train/images/big.png", 1100, 600, (x, y) => (byte)(x is >= 600 and < 640 && y is >= 550 and < 560 ? 255 : 0));
        // The ship lies whole in the tiles at x 448 and 588, y 88; the plane is half in the tiles that end at 512.
        folder.Text("train/labelTxt/big.txt", "600 550 640 550 640 560 600 560 ship 0\n502 10 522 10 522 20 502 20 plane 0\n");
        var dataset = ReaderCatalogue.Load(folder.Path);
        Assert.Empty(dataset.Problems);
        var ships = dataset.Where(s => s.Question == "detect the ship").Samples;
        Assert.Equal(["train/big__1__448___88:ship:the", "train/big__1__588___88:ship:the"], ships.Select(s => s.Id));
        var box = ((BoxesAnswer)ships[0].Reference).Objects[0].Box;
        Assert.Equal(new Box(152, 462, 192, 472), box);
        var pixels = ships[0].Images[0].Load();
        Assert.Equal((512, 512), (pixels.Width, pixels.Height));
        Assert.Equal(
            (0, 255, 255, 0),
            (
                pixels.Pixels[pixels.Offset(151, 462)],
                pixels.Pixels[pixels.Offset(152, 462)],
                pixels.Pixels[pixels.Offset(191, 471)],
                pixels.Pixels[pixels.Offset(191, 472)]
            )
        );
        Assert.Equal(["train/big__1__448___0:plane:all"], dataset.Where(s => s.Question == "detect all planes").Samples.Select(s => s.Id));
    }
}
