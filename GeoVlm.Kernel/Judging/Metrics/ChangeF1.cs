using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>F1 over pixels of the predicted boxes, painted as a mask, against the
/// reference change mask, 0 to 1; both empty scores 1.</summary>
/// <remarks>Per sample, then averaged; pixels pooled over a dataset, as LEVIR-CD results are given, are another number.</remarks>
public sealed class ChangeF1 : IMetric
{
    /// <inheritdoc/>
    public string Name => "change F1";

    /// <inheritdoc/>
    public string Summary => "F1 of the area of the boxes against the changed area, mean over samples";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.ChangeDetection;

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample) =>
        completion.Boxes is { } boxes ? References.ChangeOverlap(boxes, sample, Name).F1 : 0;
}
