using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Mean of BLEU-4, METEOR, CIDEr-D and ROUGE-L of a caption, CIDEr's document frequencies fixed by a dataset.</summary>
/// <remarks>RSThinker adds these four with weights that it does not publish; equal ones are ours. The same without CIDEr, which needs no
/// dataset, is <see cref="TextSimilarityReward.CaptionMix"/>. Source: minglangL/RSThinker, reward.png.</remarks>
public sealed class CaptionMixReward : IFittedReward
{
    private readonly IReward cider;

    /// <summary>The reward before it is fitted: it says so when it is asked to score.</summary>
    public CaptionMixReward()
        : this(new CiderReward()) { }

    private CaptionMixReward(IReward cider) => this.cider = cider;

    /// <inheritdoc/>
    public string Name => "caption-mix-cider";

    /// <inheritdoc/>
    public string Summary => "mean of BLEU-4, METEOR, CIDEr-D and ROUGE-L (after RSThinker); fitted to the dataset";

    /// <inheritdoc/>
    public IReward Fit(IReadOnlyList<Sample> samples) => new CaptionMixReward(CiderReward.FittedTo(samples));

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsCaption();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        IReward[] measures = [TextSimilarityReward.Bleu4, TextSimilarityReward.Meteor, cider, TextSimilarityReward.RougeL];
        RewardPart[] parts = [.. measures.Select(m => MixedReward.Part(m, 1.0 / measures.Length, completion, sample))];
        return completion.Words is null
            ? RewardScore.Unreadable(completion)
            : new(parts.Average(p => p.Value), string.Join(", ", parts.Select(p => $"{p.Name} {p.Value:0.00}"))) { Parts = parts };
    }
}
