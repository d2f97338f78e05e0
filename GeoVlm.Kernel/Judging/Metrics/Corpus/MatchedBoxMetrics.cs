using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Detection;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>Precision, recall and F1 of boxes matched one-to-one, counts pooled over the
/// set: misses, duplicates and empty answers all cost.</summary>
public sealed class MatchedBoxMetrics : ICorpusMetric
{
    private static readonly double[] Thresholds = [0.5, 0.25];

    /// <inheritdoc/>
    public string Name => "matched boxes";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task.HasBoxes();

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        double[] predicted = [.. predictions.Select(p => (double)p.Objects.Count)],
            references = [.. predictions.Select(p => (double)p.ReferenceObjects.Count)];
        double[] both = [.. predicted.Zip(references, (p, r) => (p + r) / 2)],
            samplesOnce = [.. predictions.Select(_ => 1.0)];
        List<(double Threshold, double[] Hits)> matched = [.. Thresholds.Select(t => (t, predictions.Select(p => Hits(p, t)).ToArray()))];
        return new PreparedMetric(
            [
                .. matched.SelectMany(m =>
                    (MetricDefinition[])
                        [
                            new(
                                $"F1@{m.Threshold}",
                                $"2 · matched / (predicted + reference boxes), one-to-one at IoU {m.Threshold}, counts pooled over the set, classes aside"
                            ),
                            new($"precision@{m.Threshold}", $"matched / predicted boxes, one-to-one at IoU {m.Threshold}, pooled"),
                            new($"recall@{m.Threshold}", $"matched / reference boxes, one-to-one at IoU {m.Threshold}, pooled"),
                        ]
                ),
                new("boxes per sample", "predicted boxes in a sample, mean"),
            ],
            samples =>
                [
                    .. matched.SelectMany(m =>
                        (double?[])
                            [
                                Means.Ratio(samples, m.Hits, both),
                                Means.Ratio(samples, m.Hits, predicted),
                                Means.Ratio(samples, m.Hits, references),
                            ]
                    ),
                    Means.Ratio(samples, predicted, samplesOnce),
                ]
        );
    }

    private static double Hits(Prediction prediction, double atLeast)
    {
        var (predicted, references) = (prediction.Objects, prediction.ReferenceObjects);
        return OneToOne.Count(predicted.Count, references.Count, (p, r) => BoxOverlap.IoU(predicted[p], references[r]) >= atLeast);
    }
}
