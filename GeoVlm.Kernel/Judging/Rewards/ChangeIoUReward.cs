using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>IoU of the predicted area (boxes painted as a mask, or a grid of cells)
/// with the reference change mask; both empty scores 1.</summary>
/// <remarks>A pixel is inside a box when its centre is. Where the sample has no mask its reference boxes are painted.</remarks>
public sealed class ChangeIoUReward : IReward
{
    /// <inheritdoc/>
    public string Name => "change-iou";

    /// <inheritdoc/>
    public string Summary => "IoU of the area of the boxes with the changed area, 0 to 1";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task == EoTask.ChangeDetection;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.ChangeMask(sample, Name);
        if (References.Painted(completion, reference) is not { } painted)
            return RewardScore.Unreadable(completion);
        var overlap = MaskOverlap.Between(painted, reference);
        return new(
            overlap.IoU,
            $"{Counted.Of(overlap.Hits, "changed pixel")} hit, {Counted.Of(overlap.FalseAlarms, "false alarm")}, {overlap.Misses} missed"
        );
    }
}
