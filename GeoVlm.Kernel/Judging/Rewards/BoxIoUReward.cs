using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>IoU of the one box that was asked for; any other number of boxes scores 0, so guessing several does not pay.</summary>
public sealed class BoxIoUReward : IReward
{
    /// <inheritdoc/>
    public string Name => "iou";

    /// <inheritdoc/>
    public string Summary => "IoU of exactly one predicted box with the one reference box, 0 to 1";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task is EoTask.ReferredDetection or EoTask.VisualGrounding;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.SingleBox(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes is not [var box])
            return new(0, $"{boxes.Count} boxes, expected 1");
        double iou = box.IoU(reference);
        return new(iou, $"IoU {iou:0.000}");
    }
}
