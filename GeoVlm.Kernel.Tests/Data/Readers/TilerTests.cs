using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Readers;

namespace GeoVlm.Tests.Data.Readers;

public class TilerTests
{
    [Fact]
    public void Every_pixel_is_in_a_tile_and_every_small_box_whole_in_one_at_its_place()
    {
        var random = new SeededRandom(7);
        for (int scene = 0; scene < 60; scene++)
        {
            int width = 1025 + random.Next(2500),
                height = 300 + random.Next(2500);
            var image = new GeoImage("s", width, height, () => throw new GeoVlmException("not to be decoded"));
            LabelledBox[] objects = [.. Enumerable.Range(0, 40).Select(i => new LabelledBox(Small(random, width, height), $"{i}"))];
            var tiles = Tiler.Tiles(image, objects, "s").Select(t => (t.Image, t.Objects, At: Place(t.Image.Name))).ToList();
            foreach (var item in objects)
            {
                // Moved back by where its tile lies, a box that was not cut is the box again.
                var whole = tiles
                    .SelectMany(t => t.Objects.Where(o => o.Label == item.Label).Select(o => Moved(o.Box, t.At)))
                    .Where(b => Math.Abs(b.Area - item.Box.Area) < 1e-6)
                    .ToList();
                Assert.NotEmpty(whole);
                Assert.All(whole, b => Assert.True(b.IoU(item.Box) > 1 - 1e-9));
            }
            Assert.All(
                tiles.SelectMany(t => t.Objects.Select(o => (o.Box, t.Image))),
                o => Assert.Equal(o.Box, o.Box.ClipTo(o.Image.Width, o.Image.Height))
            );
            Assert.Equal(Enumerable.Range(0, width), Covered(tiles.Select(t => (t.At.Left, t.Image.Width))));
            Assert.Equal(Enumerable.Range(0, height), Covered(tiles.Select(t => (t.At.Top, t.Image.Height))));
        }
    }

    [Fact]
    public void A_tile_lies_on_the_ground_where_it_lies_in_the_scene()
    {
        var ground = new GeoReference(new GeoTransform(10, 1, 300_000, 1, -10, 5_000_000), "EPSG:32633");
        var scene = new GeoImage("s", 2000, 1500, () => throw new GeoVlmException("not to be decoded")) { Georeference = ground };
        foreach (var (tile, _) in Tiler.Tiles(scene, [], "s"))
        {
            var (left, top) = Place(tile.Name);
            Assert.Equal(ground.Transform.ToMap(left + 17, top + 400), tile.Georeference!.Transform.ToMap(17, 400));
            Assert.Equal(ground.ToLonLat(left + 17, top + 400), tile.Georeference.ToLonLat(17, 400));
        }
    }

    // At most as large as tiles overlap.
    private static Box Small(SeededRandom random, int width, int height)
    {
        int side = 1 + random.Next(Tiler.OverlapPixels);
        int x = random.Next(width - side + 1),
            y = random.Next(height - side + 1);
        return new Box(x, y, x + side, y + side);
    }

    private static (int Left, int Top) Place(string tile) =>
        tile.Split("__") is [_, _, var left, var top] ? (int.Parse(left), int.Parse(top.TrimStart('_'))) : throw new FormatException(tile);

    private static Box Moved(Box box, (int Left, int Top) by) => new(box.X1 + by.Left, box.Y1 + by.Top, box.X2 + by.Left, box.Y2 + by.Top);

    private static IEnumerable<int> Covered(IEnumerable<(int From, int Count)> parts) =>
        parts.Distinct().SelectMany(p => Enumerable.Range(p.From, p.Count)).Distinct().Order();
}
