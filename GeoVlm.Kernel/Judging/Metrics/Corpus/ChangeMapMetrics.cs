using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics.Counts;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>The painted boxes against the changed pixels: counts pooled over the set, as
/// LEVIR-CD results are given, beside means over images.</summary>
public sealed class ChangeMapMetrics : ICorpusMetric
{
    /// <inheritdoc/>
    public string Name => "change maps";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.ChangeDetection;

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        BinaryCounts[] counts = [.. predictions.Select(Count)];
        double?[] f1 = [.. counts.Select(c => c.F1)],
            iou = [.. counts.Select(c => c.IoU)],
            kappa = [.. counts.Select(c => c.IsDefined ? c.Kappa : null)];
        return new PreparedMetric(
            [
                new("pooled F1", "F1 of changed pixels, counts pooled over the set (LEVIR-CD's number); undefined without any change"),
                new("pooled IoU", "IoU of changed pixels, counts pooled over the set; undefined without any change"),
                new("pooled kappa", "Cohen's kappa over all pixels of the set"),
                new("pooled accuracy", "share of pixels that agree, over the set; high where little changes"),
                new("F1 per image", "F1 of changed pixels, mean over the images where it is defined"),
                new("IoU per image", "IoU of changed pixels, mean over the images where it is defined"),
                new("kappa per image", "Cohen's kappa of an image, mean over the images where it is defined"),
                new("undefined images", "share of images without change in either map; left out of the means per image"),
            ],
            samples =>
            {
                var pooled = samples.Aggregate(default(BinaryCounts), (sum, s) => sum + counts[s]);
                return
                [
                    pooled.F1,
                    pooled.IoU,
                    pooled.Total == 0 ? null : pooled.Kappa,
                    pooled.Accuracy,
                    Means.Of(samples, f1),
                    Means.Of(samples, iou),
                    Means.Of(samples, kappa),
                    samples.Count == 0 ? null : (double)samples.Count(s => !counts[s].IsDefined) / samples.Count,
                ];
            }
        );
    }

    private static BinaryCounts Count(Prediction prediction)
    {
        var image = prediction.Sample.Images[^1];
        var reference =
            prediction.Sample.ChangeMask?.Load()
            ?? Mask.FromBoxes(image.Width, image.Height, prediction.ReferenceObjects.Select(o => o.Box));
        return BinaryCounts.Between(Mask.FromBoxes(reference.Width, reference.Height, prediction.Objects.Select(o => o.Box)), reference);
    }
}
