using System.Text.Json;
using GeoVlm.Data.Geometry;
using GeoVlm.Tests.Goldens;
using SkiaSharp;

namespace GeoVlm.Tests.Data.Geometry;

public class MaskOverlapTests
{
    [Fact]
    public void Counts_pixels()
    {
        // 4×1 pixels: prediction 0-2, reference 1-3.
        var overlap = MaskOverlap.Between(new Mask(4, 1, [true, true, true, false]), new Mask(4, 1, [false, true, true, true]));
        Assert.Equal(new MaskOverlap(2, 1, 1), overlap);
        Assert.Equal(2.0 / 4, overlap.IoU);
        Assert.Equal(4.0 / 6, overlap.F1, 12);
        Assert.Throws<ArgumentException>(() => MaskOverlap.Between(new Mask(4, 1), new Mask(1, 4)));
    }

    [Fact]
    public void Two_empty_masks_agree() => Assert.Equal((1, 1), (new MaskOverlap(0, 0, 0).IoU, new MaskOverlap(0, 0, 0).F1));

    [Fact]
    public void Equals_scikit_learn_where_that_defines_it()
    {
        string folder = SharedFolder.Require("metric-goldens/change");
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "change-goldens.json")));
        foreach (
            var item in golden.RootElement.GetProperty("binary").EnumerateArray().Where(i => i.GetProperty("change_defined").GetBoolean())
        )
        {
            var overlap = MaskOverlap.Between(Read("pred"), Read("gt"));
            Assert.Equal(item.GetProperty("tp").GetInt64(), overlap.Hits);
            Assert.Equal(item.GetProperty("iou_change").GetDouble(), overlap.IoU, 9);
            Assert.Equal(item.GetProperty("f1").GetDouble(), overlap.F1, 9);

            Mask Read(string which)
            {
                using var picture = SKBitmap.Decode(Path.Combine(folder, item.GetProperty(which).GetString()!));
                return new Mask(picture.Width, picture.Height, [.. picture.Pixels.Select(p => p.Red > 0)]);
            }
        }
    }
}
