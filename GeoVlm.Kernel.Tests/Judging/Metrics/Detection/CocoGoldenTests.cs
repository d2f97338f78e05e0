using System.Text.Json;
using GeoVlm.Judging.Metrics.Detection;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Metrics.Detection;

/// <summary>The 18 cases that pycocotools scored, with the twelve numbers of its summary and those of each class.</summary>
public class CocoGoldenTests
{
    [Fact]
    public void Reference_values_are_met()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/detection/coco-map-goldens.json")));
        int cases = 0;
        foreach (var item in file.RootElement.EnumerateArray())
        {
            cases++;
            string name = item.GetProperty("name").GetString()!;
            var images = item.GetProperty("gt")
                .GetProperty("images")
                .EnumerateArray()
                .Select(i => i.GetProperty("id").GetInt64())
                .Order()
                .Index()
                .ToDictionary(i => i.Item, i => i.Index);
            List<CocoTruth> truths =
            [
                .. item.GetProperty("gt")
                    .GetProperty("annotations")
                    .EnumerateArray()
                    .Select(a => new CocoTruth(
                        images[a.GetProperty("image_id").GetInt64()],
                        a.GetProperty("category_id").ToString(),
                        Box(a),
                        a.GetProperty("area").GetDouble(),
                        a.GetProperty("iscrowd").GetInt32() == 1,
                        a.GetProperty("id").GetInt64()
                    )),
            ];
            List<CocoDetection> detections =
            [
                .. item.GetProperty("dt")
                    .EnumerateArray()
                    .Select(d => new CocoDetection(
                        images[d.GetProperty("image_id").GetInt64()],
                        d.GetProperty("category_id").ToString(),
                        Box(d),
                        d.GetProperty("score").GetDouble()
                    )),
            ];
            var coco = CocoEvaluation.AsPublished(truths, detections, images.Count).Summary();
            var actual = new Dictionary<string, double?>
            {
                ["AP"] = coco.AveragePrecision(),
                ["AP50"] = coco.AveragePrecision(0.5),
                ["AP75"] = coco.AveragePrecision(0.75),
                ["AP_small"] = coco.AveragePrecision(size: CocoSize.Small),
                ["AP_medium"] = coco.AveragePrecision(size: CocoSize.Medium),
                ["AP_large"] = coco.AveragePrecision(size: CocoSize.Large),
                ["AR_1"] = coco.AverageRecall(1),
                ["AR_10"] = coco.AverageRecall(10),
                ["AR_100"] = coco.AverageRecall(),
                ["AR_small"] = coco.AverageRecall(size: CocoSize.Small),
                ["AR_medium"] = coco.AverageRecall(size: CocoSize.Medium),
                ["AR_large"] = coco.AverageRecall(size: CocoSize.Large),
            };
            foreach (var (key, value) in actual)
                Near(item.GetProperty("expected").GetProperty(key), value, $"{name} {key}");
            foreach (var category in item.GetProperty("expected_per_category").EnumerateObject())
            {
                Near(category.Value.GetProperty("AP"), coco.AveragePrecision(category: category.Name), $"{name} AP of {category.Name}");
                Near(
                    category.Value.GetProperty("AP50"),
                    coco.AveragePrecision(0.5, category: category.Name),
                    $"{name} AP50 of {category.Name}"
                );
                Near(
                    category.Value.GetProperty("AR_maxdet100"),
                    coco.AverageRecall(category: category.Name),
                    $"{name} AR of {category.Name}"
                );
            }
            if (name == "annotation-id-zero-trap")
                Assert.Equal(1, new CocoEvaluation(truths, detections, images.Count).Summary().AveragePrecision()!.Value, 9);
        }
        Assert.Equal(18, cases);
    }

    [Fact]
    public void A_bootstrap_sample_is_the_set_it_repeats()
    {
        var box = new CocoBox(0, 0, 10, 10);
        var coco = new CocoEvaluation(
            [new(0, "a", box, 100), new(1, "a", box, 100)],
            [new(0, "a", box), new(1, "a", new(50, 50, 9, 9))],
            2
        );
        Assert.Equal(1, coco.Over([0, 0]).AveragePrecision()!.Value, 9);
        Assert.Equal(0, coco.Over([1, 1]).AveragePrecision()!.Value, 9);
        Assert.Null(coco.Over([]).AveragePrecision());
    }

    private static CocoBox Box(JsonElement item)
    {
        var b = item.GetProperty("bbox");
        return new(b[0].GetDouble(), b[1].GetDouble(), b[2].GetDouble(), b[3].GetDouble());
    }

    private static void Near(JsonElement golden, double? value, string what) =>
        Assert.True(Math.Abs((value ?? -1) - golden.GetDouble()) <= 1e-9, $"{what}: {value}, expected {golden}");
}
