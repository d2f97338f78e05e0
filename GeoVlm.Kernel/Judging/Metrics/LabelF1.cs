using GeoVlm.Data;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;

namespace GeoVlm.Judging.Metrics;

/// <summary>2 · common / (predicted + reference) of the label sets, 0 to 1; no labels against none scores 1.</summary>
/// <remarks>Per sample, then averaged; F1 of counts pooled over a dataset is among the corpus metrics.</remarks>
public sealed class LabelF1 : IMetric
{
    /// <inheritdoc/>
    public string Name => "label F1";

    /// <inheritdoc/>
    public string Summary => "F1 of the set of labels, mean over samples";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task == EoTask.MultiLabelClassification;

    /// <inheritdoc/>
    public double Score(ParsedCompletion completion, Sample sample) => LabelSetReward.F1.Score(completion, sample).Value;
}
