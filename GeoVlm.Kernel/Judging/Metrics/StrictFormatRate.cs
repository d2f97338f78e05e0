using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>1 when the completion is in the strict format, else 0; says nothing about the answer.</summary>
public sealed class StrictFormatRate : IMetric
{
    /// <inheritdoc/>
    public string Name => "strict format";

    /// <inheritdoc/>
    public string Summary => "share of completions in the strict think/answer format";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => true;

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample) => completion.StrictFormat ? 1 : 0;
}
