using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Metrics.Corpus;
using GeoVlm.Judging.Metrics.Detection;
using GeoVlm.Judging.Metrics.Text;
using GeoVlm.Judging.Predictions;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Predictions;

/// <summary>EarthDial's stored answers, re-scored: what its own scripts print, and with that its rows in the published tables.</summary>
public partial class EarthDialGoldenTests
{
    private static EoTask? TaskOf(string script, string file) =>
        script switch
        {
            "rs_classification/eval.py" => EoTask.SceneClassification,
            "rs_change_detection/eval_classification.py" => EoTask.TemporalClassification,
            "rs_vqa/eval.py" => EoTask.VisualQuestionAnswering,
            "rs_image_caption/eval.py" => EoTask.ImageCaption,
            "rs_change_detection/eval_caption.py" => EoTask.ChangeCaption,
            "rs_region_captioning/eval.py" => EoTask.RegionCaption,
            "rs_grounding_description/eval.py" => EoTask.GroundedCaption,
            "rs_detection/eval.py" => EoTask.ReferredDetection,
            "rs_change_detection/eval_detection.py" => EoTask.DisasterDetection,
            _ => throw new InvalidOperationException($"no task for {script} ({file})"),
        };

    [Fact]
    public void Printed_values_are_met()
    {
        string folder = SharedFolder.Require("metric-goldens/earthdial");
        using var goldens = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "earthdial-goldens.json")));
        int checkedValues = 0,
            sets = 0;
        foreach (var set in goldens.RootElement.GetProperty("sets").EnumerateArray())
        {
            string file = Path.GetFullPath(Path.Combine(folder, set.GetProperty("file").GetString()!)),
                script = set.GetProperty("script").GetString()!;
            if (!File.Exists(file))
                continue;
            sets++;
            var read = PredictionFile.Read(file, new PredictionOptions(TaskOf(script, file)!.Value) { Dialect = "earthdial" });
            Assert.Equal(set.GetProperty("records").GetInt32(), read.Predictions.Count);
            var values = Values(read.Predictions);
            foreach (var printed in set.GetProperty("printed").EnumerateObject())
            {
                // METEOR has WordNet's synonyms, which not every machine has: see below.
                if (printed.Name.StartsWith("METEOR", StringComparison.Ordinal))
                    continue;
                string metric = Metric(printed.Name, TaskOf(script, file)!.Value);
                double value = values[metric] ?? 0,
                    expected = double.Parse(Number().Matches(printed.Value.ToString())[^1].Value, CultureInfo.InvariantCulture);
                Assert.True(Math.Abs(value - expected) <= 0.5e-4 + 1e-9, $"{Path.GetFileName(file)} {metric}: {value}, printed {expected}");
                checkedValues++;
            }
        }
        Assert.Equal(30, sets);
        Assert.Equal(62, checkedValues);
    }

    /// <summary>METEOR of every caption file with WordNet, to the 0.003 that its tokenizer's stand-in allows.</summary>
    [Fact]
    public void Printed_METEOR_is_met()
    {
        var captions = new CaptionMetrics(WordNet.Load(SharedFolder.RequireWordNet()));
        string folder = SharedFolder.Require("metric-goldens/earthdial");
        using var goldens = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "earthdial-goldens.json")));
        int sets = 0;
        foreach (var set in goldens.RootElement.GetProperty("sets").EnumerateArray())
        {
            string file = Path.GetFullPath(Path.Combine(folder, set.GetProperty("file").GetString()!)),
                script = set.GetProperty("script").GetString()!;
            if (!File.Exists(file) || !set.GetProperty("printed").TryGetProperty("METEOR Score", out var printed))
                continue;
            var read = PredictionFile.Read(file, new PredictionOptions(TaskOf(script, file)!.Value) { Dialect = "earthdial" });
            var prepared = captions.Prepare(read.Predictions);
            int at = prepared.Definitions.ToList().FindIndex(d => d.Name == "METEOR (NLTK, exact + stem + WordNet)");
            double value = prepared.Score([.. Enumerable.Range(0, read.Predictions.Count)])[at]!.Value,
                expected = double.Parse(printed.GetString()!, CultureInfo.InvariantCulture),
                // Region captions and grounded descriptions are split at blanks: nothing stands in for a tokenizer there.
                tolerance = script is "rs_region_captioning/eval.py" or "rs_grounding_description/eval.py" ? 0.5e-4 + 1e-9 : 0.003;
            Assert.True(Math.Abs(value - expected) <= tolerance, $"{Path.GetFileName(file)}: {value}, printed {expected}");
            sets++;
        }
        Assert.Equal(15, sets);
    }

    [Fact]
    public void Variants_of_the_detection_scorer()
    {
        string folder = SharedFolder.Require("metric-goldens/earthdial");
        using var goldens = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "earthdial-goldens.json")));
        foreach (string name in (string[])["GeoChat", "NWPU_VHR_10"])
        {
            var read = PredictionFile.Read(
                Path.Combine(folder, "results", $"rs_detection__{name}.jsonl.gz"),
                new PredictionOptions(EoTask.ReferredDetection)
            );
            var values = Values(read.Predictions);
            foreach (
                var variant in goldens
                    .RootElement.GetProperty("detection_scorer_variants")
                    .EnumerateArray()
                    .Where(v => v.GetProperty("set").GetString() == name)
            )
            {
                string? prefix = variant.GetProperty("variant").GetString() switch
                {
                    var v when v!.StartsWith("published parser, ground truth", StringComparison.Ordinal) => "\"mAP\"@0.5",
                    var v when v!.StartsWith("that parser, one-to-one", StringComparison.Ordinal) => "precision@0.5 signed, one-to-one",
                    _ => null,
                };
                if (prefix is null)
                    continue;
                foreach (var group in variant.GetProperty("precision").EnumerateObject())
                {
                    double value = values[group.Name == "all" ? prefix : $"{prefix}, {group.Name}"]!.Value;
                    Assert.True(
                        Math.Abs(value - group.Value.GetDouble()) <= 0.5e-4 + 1e-9,
                        $"{name} {prefix} {group.Name}: {value}, expected {group.Value}"
                    );
                }
            }
        }
    }

    /// <summary>The variants that <c>score</c> does not print, with counts and recall, straight from the functions it is made of.</summary>
    [Fact]
    public void Counts_of_the_detection_scorer_and_its_other_variants()
    {
        string folder = SharedFolder.Require("metric-goldens/earthdial");
        using var goldens = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "earthdial-goldens.json")));
        int variants = 0;
        foreach (var variant in goldens.RootElement.GetProperty("detection_scorer_variants").EnumerateArray())
        {
            string name = variant.GetProperty("set").GetString()!,
                kind = variant.GetProperty("variant").GetString()!;
            bool signed = kind.StartsWith("parser", StringComparison.Ordinal) || kind.StartsWith("that", StringComparison.Ordinal),
                oneToOne = kind.StartsWith("that", StringComparison.Ordinal);
            double sense = kind.EndsWith("sign swapped", StringComparison.Ordinal) ? -1 : 1;
            List<double[]> Read(string text) =>
                [.. PublishedBoxes.Read(text, signed).Select(b => b.Length == 5 ? [.. b[..4], sense * b[4]] : b)];
            var rows = PredictionFile
                .Read(Path.Combine(folder, "results", $"rs_detection__{name}.jsonl.gz"), new PredictionOptions(EoTask.ReferredDetection))
                .Predictions.Select(p =>
                    (
                        Predicted: Read(p.Written),
                        References: Read(
                            p.Sample.Attributes.GetValueOrDefault(Prediction.ReferenceBoxesText)
                                ?? p.Sample.Attributes[Prediction.ReferenceText]
                        )
                    )
                )
                .ToList();
            int predicted = rows.Sum(r => r.Predicted.Count),
                references = rows.Sum(r => r.References.Count),
                own = rows.Sum(r => PublishedBoxes.HitsOneToOne(r.Predicted, r.References, 0.5)),
                any = rows.Sum(r => PublishedBoxes.HitsOfAny(r.Predicted, r.References, 0.5));
            var counts = variant.GetProperty("counts");
            Assert.Equal(counts.GetProperty("gt").GetInt32(), references);
            Assert.Equal(counts.GetProperty("pred").GetInt32(), predicted);
            Assert.Equal(counts.GetProperty("rows_without_gt").GetInt32(), rows.Count(r => r.References.Count == 0));
            Assert.Equal(counts.GetProperty("recall").GetDouble(), (double)own / references, 4);
            Assert.Equal(variant.GetProperty("precision").GetProperty("all").GetDouble(), (double)(oneToOne ? own : any) / predicted, 4);
            variants++;
        }
        Assert.Equal(8, variants);
    }

    [Fact]
    public void Rows_with_their_best_overlap()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/earthdial/earthdial-goldens.json")));
        var records = goldens.RootElement.GetProperty("records").EnumerateArray().ToList();
        foreach (var record in records)
        {
            var predicted = PublishedBoxes.Read(record.GetProperty("answer").GetString()!, signed: false);
            var references = PublishedBoxes.Read(record.GetProperty("gt").GetString()!, signed: false);
            Assert.Equal(Groups(record, "pred_boxes"), predicted);
            Assert.Equal(Groups(record, "gt_boxes"), references);
            foreach (var (box, best) in predicted.Zip(record.GetProperty("best_iou").EnumerateArray().Select(b => b.GetDouble())))
                Assert.Equal(best, references.Count == 0 ? 0 : references.Max(r => PublishedBoxes.IoU(box, r)), 9);
        }
        Assert.Equal(230, records.Count);
    }

    private static Dictionary<string, double?> Values(IReadOnlyList<Prediction> predictions)
    {
        int[] all = [.. Enumerable.Range(0, predictions.Count)];
        var values = new Dictionary<string, double?>();
        foreach (var metric in CorpusMetricCatalogue.For(predictions[0].Sample.Task).Where(m => m.Name != "COCO AP"))
        {
            var prepared = metric.Prepare(predictions);
            foreach (var (definition, value) in prepared.Definitions.Zip(prepared.Score(all)))
                values[definition.Name] = value;
        }
        return values;
    }

    private static string Metric(string printed, EoTask task) =>
        (printed, task) switch
        {
            ("recall", _) => "accuracy (token recall)",
            ("ROUGE-1" or "ROUGE-L", _) => $"{printed} (rouge_score)",
            ("Precision @0.5", _) => "\"mAP\"@0.5",
            ("Precision @0.25" or "precision@0.25", _) => "\"mAP\"@0.25",
            (_, EoTask.VisualQuestionAnswering) => $"accuracy (token recall), {printed}",
            _ => $"\"mAP\"@0.5, {printed}",
        };

    private static List<double[]> Groups(JsonElement record, string property) =>
        [.. record.GetProperty(property).EnumerateArray().Select(g => g.EnumerateArray().Select(v => v.GetDouble()).ToArray())];

    [GeneratedRegex(@"\d+\.\d+")]
    private static partial Regex Number();
}
