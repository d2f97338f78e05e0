using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Detection;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>COCO's AP and AR over upright boxes, each sample an image of its own.</summary>
/// <remarks>Without confidences every box scores 1, so AP depends on the order in which boxes are written, and false positives cost little:
/// read it beside F1. A prediction without label takes the one class that the sample's references have; where that leaves any without
/// class, classes are set aside.</remarks>
public sealed class CocoBoxMetrics : ICorpusMetric
{
    private const int MostClassesShown = 20;

    /// <inheritdoc/>
    public string Name => "COCO AP";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) =>
        task is EoTask.ObjectDetection or EoTask.OrientedDetection or EoTask.DisasterDetection or EoTask.ReferredDetection;

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        var classOf = predictions.Select(p => p.ReferenceObjects.Select(o => o.Label).Distinct().ToList() is [var one] ? one : "").ToList();
        string Class(LabelledBox box, int image) => box.Label.Length > 0 ? box.Label : classOf[image];
        bool byClass =
            predictions.Select((p, i) => p.Objects.All(o => Class(o, i).Length > 0)).All(known => known)
            && predictions.Any(p => p.ReferenceObjects.Any(o => o.Label.Length > 0));
        List<CocoTruth> truths = [];
        List<CocoDetection> detections = [];
        for (int i = 0; i < predictions.Count; i++)
        {
            foreach (var o in predictions[i].ReferenceObjects)
                truths.Add(new(i, byClass ? o.Label : "", CocoBox.From(o.Box), o.Box.Area, o.Difficult));
            foreach (var o in predictions[i].Objects)
                detections.Add(new(i, byClass ? Class(o, i) : "", CocoBox.From(o.Box), o.Confidence ?? 1));
        }
        var coco = new CocoEvaluation(truths, detections, predictions.Count);
        string per = byClass ? "mean over classes" : "classes set aside";
        string confidence = predictions.Any(p => p.Objects.Any(o => o.Confidence is not null))
            ? "boxes ranked by their confidence"
            : "every box has confidence 1, so file order matters";
        string[] classes = byClass && coco.Categories.Count is > 1 and <= MostClassesShown ? [.. coco.Categories] : [];
        List<(MetricDefinition Definition, Func<CocoSummary, double?> Value)> values =
        [
            (new("AP", $"COCO: IoU 0.50 to 0.95, 101 recall points, {per}; {confidence} (pycocotools)"), s => s.AveragePrecision()),
            (new("AP50", $"COCO AP at IoU 0.5, {per}"), s => s.AveragePrecision(0.5)),
            (new("AP75", $"COCO AP at IoU 0.75, {per}"), s => s.AveragePrecision(0.75)),
            (new("AR@100", $"COCO average recall, at most 100 boxes, {per}"), s => s.AverageRecall()),
            .. ((CocoSize[])[CocoSize.Small, CocoSize.Medium, CocoSize.Large]).Select(size =>
                (
                    new MetricDefinition(
                        $"AP {size.ToString().ToLowerInvariant()}",
                        $"COCO AP over objects by area: small up to 32², large from 96² pixels of the image, {per}"
                    ),
                    (Func<CocoSummary, double?>)(s => s.AveragePrecision(size: size))
                )
            ),
            .. classes.Select(c =>
                (
                    new MetricDefinition($"AP50, {c}", $"COCO AP at IoU 0.5 of class {c}"),
                    (Func<CocoSummary, double?>)(s => s.AveragePrecision(0.5, category: c))
                )
            ),
        ];
        return new PreparedMetric(
            [.. values.Select(v => v.Definition)],
            samples => coco.Over(samples) is var summary ? [.. values.Select(v => v.Value(summary))] : []
        );
    }
}
