using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Judging.Metrics.Counts;
using GeoVlm.Judging.Metrics.Text;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Metrics.Counts;

/// <summary>Change masks, damage maps, class lists and label sets as scikit-learn scored them.</summary>
public class CountGoldenTests
{
    [Fact]
    public void Change_masks()
    {
        string folder = SharedFolder.Require("metric-goldens/change");
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "change-goldens.json")));
        var pairs = file.RootElement.GetProperty("binary").EnumerateArray().ToList();
        foreach (var pair in pairs)
        {
            var counts = BinaryCounts.Between(ReadMask(folder, pair, "pred"), ReadMask(folder, pair, "gt"));
            string name = pair.GetProperty("name").GetString()!;
            Assert.Equal(new BinaryCounts(Whole(pair, "tp"), Whole(pair, "fp"), Whole(pair, "fn"), Whole(pair, "tn")), counts);
            Assert.Equal(pair.GetProperty("change_defined").GetBoolean(), counts.IsDefined);
            Near(pair, "precision", counts.Precision ?? 0, name);
            Near(pair, "recall", counts.Recall ?? 0, name);
            Near(pair, "f1", counts.F1 ?? 0, name);
            Near(pair, "iou_change", counts.IoU ?? 0, name);
            Near(pair, "iou_nochange", counts.NegativeIoU ?? 0, name);
            Near(pair, "overall_accuracy", counts.Accuracy, name);
            Near(pair, "kappa", counts.Kappa, name);
        }
        Assert.Equal(30, pairs.Count);
    }

    [Fact]
    public void Damage_maps()
    {
        string folder = SharedFolder.Require("metric-goldens/change");
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "change-goldens.json")));
        var pairs = file.RootElement.GetProperty("multiclass").EnumerateArray().ToList();
        foreach (var pair in pairs)
        {
            string name = pair.GetProperty("name").GetString()!;
            var matrix = ConfusionMatrix.Of(Pixels(folder, pair, "gt").Zip(Pixels(folder, pair, "pred"), (t, p) => (t, p)), 5);
            for (int i = 0; i < 5; i++)
            {
                for (int j = 0; j < 5; j++)
                    Assert.Equal(pair.GetProperty("confusion_gt_rows")[i][j].GetInt64(), matrix.Counts[i, j]);
                Assert.Equal(pair.GetProperty("present")[i].GetBoolean(), matrix.Of(i).IsDefined);
                Near(pair.GetProperty("iou_per_class")[i], matrix.Of(i).IoU ?? 0, name);
                Near(pair.GetProperty("f1_per_class")[i], matrix.Of(i).F1 ?? 0, name);
            }
            Near(pair, "overall_accuracy", matrix.Accuracy, name);
            Near(pair, "kappa", matrix.Kappa, name);
            var (score, golden) = (XView2Score.Of(matrix), pair.GetProperty("xview2"));
            Near(golden, "localization_f1", score.Localization, name);
            Near(golden, "damage_f1_harmonic", score.DamageHarmonic, name);
            Near(golden, "score", score.Score, name);
            for (int c = 0; c < 4; c++)
                Near(golden.GetProperty("damage_f1_per_class")[c], score.Damage[c], name);
        }
        Assert.Equal(8, pairs.Count);
    }

    [Fact]
    public void Class_lists()
    {
        using var file = Classification();
        var sets = file.RootElement.GetProperty("single_label").EnumerateArray().ToList();
        foreach (var set in sets)
        {
            string name = set.GetProperty("name").GetString()!;
            var labels = Strings(set, "labels");
            var matrix = ConfusionMatrix.Of(
                Strings(set, "y_true").Zip(Strings(set, "y_pred"), (t, p) => (labels.IndexOf(t), labels.IndexOf(p))),
                labels.Count
            );
            var expected = set.GetProperty("expected");
            Near(expected, "accuracy", matrix.Accuracy, name);
            Near(expected, "kappa", matrix.Kappa, name);
            Near(expected.GetProperty("macro"), "f1", matrix.MacroF1, name);
            Near(expected.GetProperty("weighted"), "f1", matrix.WeightedF1, name);
            Near(expected, "balanced_accuracy_present_classes", matrix.BalancedAccuracy, name);
            var classes = Enumerable.Range(0, labels.Count).ToList();
            foreach (int c in classes)
            {
                var perClass = expected.GetProperty("per_class");
                Near(perClass.GetProperty("f1")[c], matrix.Of(c).F1 ?? 0, name);
                Near(perClass.GetProperty("precision")[c], matrix.Of(c).Precision ?? 0, name);
                Near(perClass.GetProperty("recall")[c], matrix.Of(c).Recall ?? 0, name);
                Near(perClass.GetProperty("support")[c], matrix.Support(c), name);
                foreach (int p in classes)
                    Near(expected.GetProperty("confusion")[c][p], matrix.Counts[c, p], name);
            }
            foreach (
                var (value, read) in (Dictionary<string, Func<BinaryCounts, double?>>)
                    new() { ["precision"] = c => c.Precision, ["recall"] = c => c.Recall }
            )
            {
                Near(expected.GetProperty("micro"), value, matrix.Accuracy, name);
                Near(expected.GetProperty("macro"), value, classes.Average(c => read(matrix.Of(c)) ?? 0), name);
                double weighted = classes.Sum(c => matrix.Support(c) * (read(matrix.Of(c)) ?? 0)) / classes.Sum(matrix.Support);
                Near(expected.GetProperty("weighted"), value, weighted, name);
            }
            Near(expected.GetProperty("micro"), "f1", matrix.Accuracy, name);
        }
        Assert.Equal(12, sets.Count);
    }

    [Fact]
    public void Label_sets()
    {
        using var file = Classification();
        var sets = file.RootElement.GetProperty("multi_label").EnumerateArray().ToList();
        foreach (var set in sets)
        {
            string name = set.GetProperty("name").GetString()!;
            var truth = Rows(set, "y_true");
            var multi = new MultiLabelScores(Flags(truth), Flags(Rows(set, "y_pred")));
            var expected = set.GetProperty("expected");
            Near(expected, "subset_accuracy", multi.SubsetAccuracy, name);
            Near(expected, "hamming_loss", multi.HammingLoss, name);
            foreach (
                var (value, read) in (Dictionary<string, Func<BinaryCounts, double?>>)
                    new()
                    {
                        ["precision"] = c => c.Precision,
                        ["recall"] = c => c.Recall,
                        ["f1"] = c => c.F1,
                        ["jaccard"] = c => c.IoU,
                    }
            )
            {
                Near(expected.GetProperty("micro"), value, read(multi.Micro) ?? 0, name);
                Near(expected.GetProperty("macro"), value, multi.Macro(read), name);
                Near(expected.GetProperty("samples"), value, multi.Samples(read), name);
                Near(expected.GetProperty("weighted"), value, multi.Weighted(read), name);
            }
            if (!expected.TryGetProperty("average_precision_per_class", out var perClass))
                continue;
            var scores = Rows(set, "scores");
            var ranked = Enumerable
                .Range(0, truth[0].Length)
                .Select(c => MultiLabelScores.AveragePrecision([.. truth.Zip(scores, (t, s) => (s[c], t[c] == 1))]))
                .ToList();
            for (int c = 0; c < ranked.Count; c++)
                if (ranked[c] is { } value)
                    Near(perClass[c], value, name);
            Near(expected, "mAP_over_classes_with_positives", ranked.OfType<double>().Average(), name);
            Near(
                expected,
                "mAP_micro",
                MultiLabelScores.AveragePrecision([.. truth.Zip(scores).SelectMany(r => r.First.Zip(r.Second, (t, s) => (s, t == 1)))]),
                name
            );
        }
        Assert.Equal(12, sets.Count);
    }

    [Fact]
    public void Strings_as_EarthDial_scores_them()
    {
        using var file = Classification();
        var pairs = file.RootElement.GetProperty("earthdial_string_recall").EnumerateArray().ToList();
        foreach (var pair in pairs)
        {
            string reference = pair.GetProperty("reference").GetString()!,
                candidate = pair.GetProperty("candidate").GetString()!;
            Assert.Equal(Strings(pair, "ref_tokens"), TokenOverlap.EarthDialTokens(reference));
            Assert.Equal(Strings(pair, "cand_tokens"), TokenOverlap.EarthDialTokens(candidate));
            Near(pair, "recall", TokenOverlap.EarthDialRecall(candidate, reference), reference);
        }
        Assert.Equal(14, pairs.Count);
    }

    private static JsonDocument Classification() =>
        JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/classification/classification-goldens.json")));

    private static IEnumerable<int> Pixels(string folder, JsonElement pair, string which)
    {
        RgbImage image = ImageDecoder.Decode(Path.Combine(folder, pair.GetProperty(which).GetString()!));
        return Enumerable.Range(0, image.Width * image.Height).Select(i => (int)image.Pixels[3 * i]);
    }

    private static Mask ReadMask(string folder, JsonElement pair, string which)
    {
        int positive = pair.GetProperty("positive_value").GetInt32();
        var shape = pair.GetProperty("shape");
        return new Mask(shape[1].GetInt32(), shape[0].GetInt32(), [.. Pixels(folder, pair, which).Select(p => p == positive)]);
    }

    private static long Whole(JsonElement item, string property) => item.GetProperty(property).GetInt64();

    private static List<string> Strings(JsonElement item, string property) =>
        [.. item.GetProperty(property).EnumerateArray().Select(v => v.GetString()!)];

    private static List<double[]> Rows(JsonElement item, string property) =>
        [.. item.GetProperty(property).EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetDouble()).ToArray())];

    private static List<bool[]> Flags(List<double[]> rows) => [.. rows.Select(r => r.Select(v => v == 1).ToArray())];

    private static void Near(JsonElement item, string property, double? value, string what) =>
        Near(item.GetProperty(property), value, $"{what} {property}");

    private static void Near(JsonElement golden, double? value, string what)
    {
        if (golden.ValueKind == JsonValueKind.Null)
            Assert.True(value is null, $"{what}: {value}, expected none");
        else
            Assert.True(value is { } v && Math.Abs(v - golden.GetDouble()) <= 1e-9, $"{what}: {value}, expected {golden}");
    }
}
