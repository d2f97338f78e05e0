using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Sum of the IoU of optimally matched boxes over max(predicted, reference): both missed and superfluous boxes cost.</summary>
/// <remarks>No public text of the paper says how its detection reward matches; this is our reconstruction (det.mean_iou_max of
/// Visual-RFT, with optimal in place of greedy matching). No boxes against no boxes scores 1.</remarks>
public sealed class DetectionReward : IReward
{
    /// <inheritdoc/>
    public string Name => "detection";

    /// <inheritdoc/>
    public string Summary => "sum of one-to-one matched IoU / max(predicted, reference boxes), 0 to 1";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes) return RewardScore.Unreadable(completion);
        if (boxes.Count + reference.Count == 0) return new(1, "no boxes, as in the reference");
        var matching = BoxMatching.Optimal(boxes, reference);
        return new(matching.TotalIoU / Math.Max(boxes.Count, reference.Count),
            $"matched {matching.Pairs.Count} of {reference.Count} objects with {boxes.Count} boxes, IoU sum {matching.TotalIoU:0.000}");
    }
}
