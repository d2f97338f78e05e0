using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Text;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>CIDEr-D of a caption over that of the references among themselves, with
/// document frequencies fixed beforehand by a set of samples.</summary>
/// <remarks>The value of one image alone would be 0 by construction, so the reward must be fitted:
/// <c>CiderReward.FittedTo(train.Samples)</c>; the geo commands fit it to their dataset. The scale is ours: value / value of the best
/// reference against all, at most 1.</remarks>
public sealed class CiderReward : IFittedReward
{
    private readonly CiderD? scorer;

    /// <summary>The reward before it is fitted: it says so when it is asked to score.</summary>
    public CiderReward() { }

    private CiderReward(CiderD scorer) => this.scorer = scorer;

    /// <inheritdoc/>
    public string Name => "cider";

    /// <inheritdoc/>
    public string Summary => "CIDEr-D with the document frequencies of the dataset, over that of the best reference";

    /// <summary>The reward with the document frequencies of these samples.</summary>
    /// <exception cref="GeoVlmException">None of them has a text reference.</exception>
    public static CiderReward FittedTo(IReadOnlyList<Sample> samples) =>
        new(
            CiderD.WithFrequenciesOf(
                samples
                    .Select(s =>
                        (IReadOnlyList<string>)
                            [.. s.OtherReferences.Prepend(s.Reference).OfType<TextAnswer>().Select(t => CaptionTokens.Normalize(t.Text))]
                    )
                    .Where(r => r.Count > 0)
            )
        );

    /// <inheritdoc/>
    public IReward Fit(IReadOnlyList<Sample> samples) => FittedTo(samples);

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsCaption();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        string[] references = [.. References.Texts(sample, Name).Select(CaptionTokens.Normalize)];
        if (scorer is null)
            throw new GeoVlmException("'cider' needs document frequencies: CiderReward.FittedTo(train.Samples)");
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        if (references.Any(r => Words.Same(answer, r)))
            return new(1, "equal to a reference");
        double most = references.Max(r => scorer.Score(r, references)),
            value = scorer.Score(CaptionTokens.Normalize(answer[..Math.Min(answer.Length, TextParser.MaximumLength)]), references);
        return new(most <= 0 ? 0 : Math.Clamp(value / most, 0, 1), $"CIDEr-D {value:0.00}, of the best reference {most:0.00}");
    }
}
