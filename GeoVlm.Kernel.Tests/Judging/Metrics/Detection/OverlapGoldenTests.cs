using System.Text.Json;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics.Detection;
using GeoVlm.Judging.Rewards;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Metrics.Detection;

/// <summary>Overlaps of boxes beyond plain IoU, as recorded: GIoU and DIoU, and EarthDial's rotated ones with swapped corners and turned
/// signs.</summary>
public class OverlapGoldenTests
{
    [Fact]
    public void Upright_boxes_by_every_measure()
    {
        var pairs = Pairs("aabb-iou");
        foreach (var pair in pairs)
        {
            Box a = Upright(pair, "a"),
                b = Upright(pair, "b");
            Near(pair, "iou_plus_one_pixel", a.PixelIoU(b));
            Near(pair, "iou_pycocotools", a.IoU(b));
            Near(pair, "iou_shapely", a.IoU(b));
            // Swapped corners are no box here; two boxes without area and hull are −1 here and 0 there.
            if (pair.GetProperty("kind").GetString() is "inverted" or "zero-both")
                continue;
            Near(pair, "giou", BoxFit.GIoU(a, b));
            Near(pair, "diou", BoxFit.DIoU(a, b));
            double common = a.Intersect(b).IsEmpty ? 0 : a.Intersect(b).Area;
            Near(pair, "intersection", common, 1e-6);
            Near(pair, "union", a.Area + b.Area - common, 1e-6);
        }
        Assert.Equal(200, pairs.Count);
    }

    [Fact]
    public void Rotated_boxes_as_EarthDial_compares_them()
    {
        var pairs = Pairs("rotated-iou");
        foreach (var pair in pairs)
        {
            double[] a = Numbers(pair, "a"),
                b = Numbers(pair, "b");
            Near(pair, "iou_earthdial", PublishedBoxes.IoU(a, b));
            Near(pair, "iou_geochat_sign", PublishedBoxes.IoU([.. a[..4], -a[4]], [.. b[..4], -b[4]]));
        }
        Assert.Equal(214, pairs.Count);
    }

    private static List<JsonElement> Pairs(string name)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require($"metric-goldens/iou/{name}-goldens.json")));
        return [.. golden.RootElement.Clone().GetProperty("pairs").EnumerateArray()];
    }

    private static double[] Numbers(JsonElement pair, string property) =>
        [.. pair.GetProperty(property).EnumerateArray().Select(v => v.GetDouble())];

    private static Box Upright(JsonElement pair, string property) =>
        Numbers(pair, property) is var n ? new Box(n[0], n[1], n[2], n[3]) : default;

    private static void Near(JsonElement pair, string property, double value, double tolerance = 1e-9)
    {
        if (pair.GetProperty(property).ValueKind == JsonValueKind.Null)
            return;
        double expected = pair.GetProperty(property).GetDouble();
        Assert.True(
            Math.Abs(value - expected) <= tolerance * Math.Max(1, Math.Abs(expected)),
            $"{pair.GetProperty("kind")} {property}: {value}, expected {expected}"
        );
    }
}
