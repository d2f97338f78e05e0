using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>GIoU + 1, 0 to 2, as Visual-RFT's segmentation reward has it.</summary>
public sealed class GIoUReward : IReward
{
    /// <inheritdoc/>
    public string Name => "visual-rft-giou";

    /// <inheritdoc/>
    public string Summary => "GIoU + 1 of the first box, 0 to 2 (Visual-RFT)";

    /// <inheritdoc/>
    public string KnownFlaw => "its range is 0 to 2, so it outweighs what it is added to; a box that misses by far still earns up to 1";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task is EoTask.ReferredDetection or EoTask.VisualGrounding;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.SingleBox(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes is not [var box, ..])
            return new(0, "no box");
        double giou = BoxFit.GIoU(box, reference);
        return new(giou + 1, $"GIoU {giou:0.000}");
    }
}
