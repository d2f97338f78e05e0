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
        double?[] overlap = [.. predictions.Select(p => Overlap(p, BoxOverlap.IoU))],
            pixels = [.. predictions.Select(p => Overlap(p, (box, reference) => box.Box.PixelIoU(reference.Box)))];
        List<double?[]> values = [overlap, .. Thresholds.Select(t => Reached(overlap, t)), Reached(pixels, 0.5)];
        return new PreparedMetric(
            [
                new("mean IoU", "IoU of the one box asked for; any other number of boxes scores 0; samples with one reference box"),
                .. Thresholds.Select(t => new MetricDefinition(
                    $"acc@{t}",
                    $"share of samples whose one box reaches IoU {t}; samples with one reference box"
                )),
                new(
                    "acc@0.5, +1 pixel",
                    "MiniGPT-v2's: the same with one pixel added to each side of boxes and overlap, which favours small boxes",
                    MetricProtocol.Published
                ),
            ],
            samples => [.. values.Select(v => Means.Of(samples, v))]
        );
    }

    private static double?[] Reached(double?[] overlap, double atLeast) =>
        [.. overlap.Select(o => o is { } iou ? (iou >= atLeast ? 1.0 : 0) : (double?)null)];

    private static double? Overlap(Prediction prediction, Func<LabelledBox, LabelledBox, double> measure) =>
        prediction.ReferenceObjects is not [var reference] ? null
        : prediction.Objects is [var box] ? measure(box, reference)
        : 0;
}
