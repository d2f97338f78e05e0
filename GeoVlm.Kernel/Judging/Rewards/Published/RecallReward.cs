using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Recall of labels: |P ∩ G| / |G|. The paper names it for classification
/// without a formula; EarthDial's scorer is this on tokens.</summary>
public sealed class RecallReward : IReward
{
    /// <inheritdoc/>
    public string Name => "geovlm-r1-recall";

    /// <inheritdoc/>
    public string Summary =>
        "share of the reference labels that the answer names (the paper's classification reward, as far as it is public)";

    /// <inheritdoc/>
    public string KnownFlaw => "naming every label earns 1: wrong labels cost nothing";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) =>
        task is EoTask.SceneClassification or EoTask.MultiLabelClassification or EoTask.TemporalClassification;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = LabelSetReward.Set(References.Labels(sample, Name));
        if (LabelSetReward.Labels(completion) is not { } labels)
            return RewardScore.Unreadable(completion);
        if (reference.Count == 0)
            return new(1, "no label to find");
        int common = LabelSetReward.Set(labels).Count(reference.Contains);
        return new((double)common / reference.Count, $"{common} of {reference.Count} labels named");
    }
}
