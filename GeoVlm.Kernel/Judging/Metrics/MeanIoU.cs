using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>IoU of the one box asked for, 0 to 1; an unreadable answer or any other number of boxes scores 0.</summary>
public sealed class MeanIoU : IMetric
{
    /// <inheritdoc/>
    public string Name => "mean IoU";

    /// <inheritdoc/>
    public string Summary => "IoU of the one box asked for; any other number of boxes scores 0";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.ReferredDetection or EoTask.VisualGrounding;

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.SingleBox(sample, Name);
        return completion.Boxes is [var box] ? box.IoU(reference) : 0;
    }
}
