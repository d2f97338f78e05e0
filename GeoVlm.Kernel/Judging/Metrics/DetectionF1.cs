using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>2 · matched / (predicted + reference) at IoU of at least 0.5, 0 to 1; no boxes against none scores 1.</summary>
/// <remarks>Per sample, then averaged; counts pooled over a dataset give another number.</remarks>
public sealed class DetectionF1 : IMetric
{
    /// <inheritdoc/>
    public string Name => "F1@0.5";

    /// <inheritdoc/>
    public string Summary => "F1 of boxes matched one-to-one at IoU 0.5, mean over samples";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.ObjectDetection or EoTask.OrientedDetection or EoTask.DisasterDetection;

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes)
            return 0;
        int all = boxes.Count + reference.Count;
        return all == 0 ? 1 : 2.0 * BoxMatching.Optimal(boxes, reference, minimumIoU: 0.5).Pairs.Count / all;
    }
}
