using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Sum of the IoU above 0.5 of greedily matched boxes over max(reference, predicted),
/// equal boxes counted once, as Visual-RFT's detection reward has it.</summary>
/// <remarks>Boxes are taken in the order written; there by confidence, which completions seldom state. Source: Visual-RFT, grpo.py,
/// compute_reward_iou_v2.</remarks>
public sealed class GreedyIoUReward : IReward
{
    /// <inheritdoc/>
    public string Name => "visual-rft-iou";

    /// <inheritdoc/>
    public string Summary => "greedy matched IoU above 0.5 / max(reference, distinct predicted boxes) (Visual-RFT)";

    /// <inheritdoc/>
    public string KnownFlaw => "the same box written many times costs nothing, and below IoU 0.5 nearer is no better than farther";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name).ToList();
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        Box[] distinct = [.. boxes.Distinct()];
        int most = Math.Max(reference.Count, distinct.Length);
        if (most == 0)
            return new(1, "no boxes, as in the reference");
        double sum = 0;
        foreach (var box in distinct)
        {
            if (reference.Count == 0)
                break;
            var nearest = reference.MaxBy(r => r.IoU(box));
            if (nearest.IoU(box) <= 0.5)
                continue;
            sum += nearest.IoU(box);
            reference.Remove(nearest);
        }
        return new(Math.Min(1, sum / most), $"IoU sum {sum:0.000} over {most}");
    }
}
