using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>1 when the answer has the words of a reference, letter case and punctuation aside, else 0.</summary>
/// <remarks>Stricter than the token recall that EarthDial prints as accuracy: there an over-long answer costs nothing.</remarks>
public sealed class ExactMatch : IMetric
{
    /// <inheritdoc/>
    public string Name => "exact match";

    /// <inheritdoc/>
    public string Summary => "share of answers equal to a reference, case and punctuation aside";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task.IsShortAnswer();

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        return completion.Answer is TextAnswer answer && references.Any(r => Words.Same(answer.Text, r)) ? 1 : 0;
    }
}
