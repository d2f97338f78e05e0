using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>F1 of the words against the best of the references, 0 to 1. Not ROUGE-1: no
/// stemming, and the best reference, not their mean.</summary>
public sealed class TokenF1 : IMetric
{
    /// <inheritdoc/>
    public string Name => "token F1";

    /// <inheritdoc/>
    public string Summary => "F1 of the words against the best reference";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task.IsCaption();

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        return completion.Answer is TextAnswer answer ? references.Max(r => Words.F1(answer.Text, r)) : 0;
    }
}
