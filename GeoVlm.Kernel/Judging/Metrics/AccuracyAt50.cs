using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>1 when the one box asked for has IoU of at least 0.5 with the reference, else 0.</summary>
public sealed class AccuracyAt50 : IMetric
{
    /// <inheritdoc/>
    public string Name => "acc@0.5";

    /// <inheritdoc/>
    public string Summary => "share of samples whose one box reaches IoU 0.5";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.ReferredDetection or EoTask.VisualGrounding;

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.SingleBox(sample, Name);
        return completion.Boxes is [var box] && box.IoU(reference) >= 0.5 ? 1 : 0;
    }
}
