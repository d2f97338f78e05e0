using GeoVlm.Data;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>One box asked for: share of samples that reach an IoU. Samples with several reference boxes are left out.</summary>
public sealed class BoxAccuracyMetrics : ICorpusMetric
{
    private static readonly double[] Thresholds = [0.25, 0.5, 0.75];

    /// <inheritdoc/>
    public string Name => "accuracy of one box";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.ReferredDetection or EoTask.VisualGrounding;

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        double?[] overlap = [.. predictions.Select(Overlap)];
        List<double?[]> values =
        [
            overlap,
            .. Thresholds.Select(t => overlap.Select(o => o is { } iou ? (iou >= t ? 1.0 : 0) : (double?)null).ToArray()),
        ];
        return new PreparedMetric(
            [
                new("mean IoU", "IoU of the one box asked for; any other number of boxes scores 0; samples with one reference box"),
                .. Thresholds.Select(t => new MetricDefinition(
                    $"acc@{t}",
                    $"share of samples whose one box reaches IoU {t}; samples with one reference box"
                )),
            ],
            samples => [.. values.Select(v => Means.Of(samples, v))]
        );
    }

    private static double? Overlap(Prediction prediction) =>
        prediction.ReferenceObjects is not [var reference] ? null
        : prediction.Objects is [var box] ? BoxOverlap.IoU(box, reference)
        : 0;
}
