using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Judges;

/// <summary>Hybrid of SBERT and lexical likeness: λ · sbert + (1 − λ) · lexical. The paper's reward for change captions.</summary>
/// <remarks>λ and the set of lexical measures are not public; λ = 0.5 and <see cref="TextSimilarityReward.Lexical"/> are ours.</remarks>
public sealed class HslrReward : IReward
{
    private const double Lambda = 0.5;
    private readonly EmbeddingReward meaning;

    /// <summary>The reward with the named encoder.</summary>
    public HslrReward() => meaning = new EmbeddingReward();

    /// <summary>The reward with an encoder.</summary>
    public HslrReward(ISentenceEncoder encoder) => meaning = new EmbeddingReward(encoder);

    /// <inheritdoc/>
    public string Name => "hslr";

    /// <inheritdoc/>
    public string Summary => "½ sbert + ½ lexical (the paper, change captions; the weight is ours)";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsCaption();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        RewardPart[] parts =
        [
            MixedReward.Part(meaning, Lambda, completion, sample),
            MixedReward.Part(TextSimilarityReward.Lexical, 1 - Lambda, completion, sample),
        ];
        return new(parts.Sum(p => p.Weight * p.Value), string.Join("; ", parts.Select(p => p.Reason))) { Parts = parts };
    }
}
