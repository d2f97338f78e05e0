using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A caption with boxes: ½ · boxes + ½ · words, boxes as <see cref="DetectionReward"/> and words as
/// <see cref="TextSimilarityReward.Lexical"/>.</summary>
/// <remarks>The paper's "Lexical-Metric-based Grounding" names neither formula nor weight; both are ours.</remarks>
public sealed class GroundedCaptionReward : IReward
{
    private const double BoxShare = 0.5;
    private readonly DetectionReward boxes = new();

    /// <inheritdoc/>
    public string Name => "grounded-caption";

    /// <inheritdoc/>
    public string Summary => "½ detection of the boxes + ½ lexical likeness of the caption";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task == EoTask.GroundedCaption;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        RewardPart[] parts =
        [
            MixedReward.Part(boxes, BoxShare, completion, sample),
            MixedReward.Part(TextSimilarityReward.Lexical, 1 - BoxShare, completion, sample),
        ];
        return new(parts.Sum(p => p.Weight * p.Value), string.Join("; ", parts.Select(p => p.Reason))) { Parts = parts };
    }
}
