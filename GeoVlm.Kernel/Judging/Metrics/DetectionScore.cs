using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>Sum of the IoU of optimally matched boxes over max(predicted, reference), 0 to 1; no boxes against none scores 1.</summary>
/// <remarks>Not the paper's "mAP", which is a precision: there one safe box per image is enough.</remarks>
public sealed class DetectionScore : IMetric
{
    /// <inheritdoc/>
    public string Name => "detection score";

    /// <inheritdoc/>
    public string Summary => "sum of one-to-one matched IoU / max(predicted, reference boxes)";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.ObjectDetection or EoTask.OrientedDetection or EoTask.DisasterDetection;

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes)
            return 0;
        int most = Math.Max(boxes.Count, reference.Count);
        return most == 0 ? 1 : BoxMatching.Optimal(boxes, reference).TotalIoU / most;
    }
}
