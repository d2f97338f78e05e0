using System.Text.Json;
using CsCheck;
using GeoVlm.Data.Geometry;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Geometry;

public class BoxMatchingTests
{
    private static readonly Gen<Box[]> Boxes = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Gen.Int[0, 6], Gen.Int[0, 6])
        .Select((x, y, w, h) => new Box(x, y, x + w, y + h))
        .Array[0, 7];

    [Fact]
    public void A_greedy_choice_would_be_worse()
    {
        // Squares of side 10, moved in x. Greedy takes the closest pair, 0 with 0 at 9/11, and is left with 3/17.
        var matching = BoxMatching.Optimal([new(0, 0, 10, 10), new(3, 0, 13, 10)], [new(1, 0, 11, 10), new(-4, 0, 6, 10)]);
        Assert.Equal([(0, 1), (1, 0)], matching.Pairs.Select(p => (p.Predicted, p.Reference)));
        Assert.Equal(6.0 / 14 + 8.0 / 12, matching.TotalIoU, 12);
    }

    [Fact]
    public void No_other_matching_has_a_larger_sum() =>
        Gen.Select(Boxes, Boxes)
            .Sample(
                (a, b) =>
                {
                    var matching = BoxMatching.Optimal(a, b);
                    Assert.Equal(Best(a, b, 0, 0, iou => iou), matching.TotalIoU, 9);
                    AssertOneToOne(matching);
                },
                iter: 1000
            );

    [Fact]
    public void Matching_part_by_part_is_as_good_as_the_whole() =>
        Gen.Select(Boxes, Boxes, Gen.Int[0, 5].Select(tenth => tenth / 10.0))
            .Sample(
                (a, b, minimum) =>
                {
                    var parts = BoxMatching.ByParts(a.Length, b.Length, (p, r) => a[p].IoU(b[r]), minimum);
                    var whole = BoxMatching.Optimal(a, b, minimum);
                    Assert.Equal(whole.TotalIoU, parts.TotalIoU, 9);
                    Assert.True(minimum == 0 || whole.Pairs.Count == parts.Pairs.Count);
                    AssertOneToOne(parts);
                },
                iter: 1000
            );

    [Fact]
    public void Ten_thousand_boxes_are_matched()
    {
        Box[] grid = [.. Enumerable.Range(0, 10_000).Select(i => new Box(i % 100 * 10, i / 100 * 10, i % 100 * 10 + 8, i / 100 * 10 + 8))];
        var matching = BoxMatching.Optimal([.. grid.Select(b => new Box(b.X1 + 1, b.Y1, b.X2 + 1, b.Y2))], grid, 0.5);
        Assert.Equal(10_000, matching.Pairs.Count);
        Assert.All(matching.Pairs, p => Assert.Equal(p.Predicted, p.Reference));
    }

    [Fact]
    public void With_a_threshold_no_other_matching_has_more_pairs() =>
        Gen.Select(Boxes, Boxes)
            .Sample(
                (a, b) =>
                {
                    var matching = BoxMatching.Optimal(a, b, 0.5);
                    Assert.All(matching.Pairs, p => Assert.True(p.IoU >= 0.5));
                    Assert.Equal(Best(a, b, 0, 0, iou => iou >= 0.5 ? 1 : 0), matching.Pairs.Count, 9);
                    AssertOneToOne(matching);
                },
                iter: 1000
            );

    [Fact]
    public void IoU_equals_that_of_the_COCO_tools()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/iou/aabb-iou-goldens.json")));
        foreach (var pair in golden.RootElement.GetProperty("pairs").EnumerateArray())
            Assert.Equal(pair.GetProperty("iou").GetDouble(), Read(pair.GetProperty("a")).IoU(Read(pair.GetProperty("b"))), 9);
        static Box Read(JsonElement b) => new(b[0].GetDouble(), b[1].GetDouble(), b[2].GetDouble(), b[3].GetDouble());
    }

    /// <summary>The best total over every one-to-one matching, tried one by one.</summary>
    private static double Best(Box[] a, Box[] b, int i, int used, Func<double, double> value)
    {
        if (i == a.Length)
            return 0;
        double best = Best(a, b, i + 1, used, value);
        for (int j = 0; j < b.Length; j++)
            if ((used & 1 << j) == 0)
                best = Math.Max(best, value(a[i].IoU(b[j])) + Best(a, b, i + 1, used | 1 << j, value));
        return best;
    }

    private static void AssertOneToOne(BoxMatching matching)
    {
        Assert.Distinct(matching.Pairs.Select(p => p.Predicted));
        Assert.Distinct(matching.Pairs.Select(p => p.Reference));
    }
}
