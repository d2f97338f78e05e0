using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>IoU of the first box of the answer with the first of the reference, as VLM-R1's referring reward has it.</summary>
/// <remarks>An overlap of at most one pixel in width or height counts 0, as there; areas without "+1".</remarks>
public sealed class FirstBoxReward : IReward
{
    /// <inheritdoc/>
    public string Name => "vlm-r1-iou";

    /// <inheritdoc/>
    public string Summary => "IoU of the first predicted with the first reference box (VLM-R1)";

    /// <inheritdoc/>
    public string KnownFlaw =>
        "further boxes cost nothing and further objects earn nothing; an image without objects cannot be answered (VLM-R1 issue 261)";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes.Count == 0 || reference.Count == 0)
            return new(0, "no box");
        var overlap = boxes[0].Intersect(reference[0]);
        double iou = overlap.Width <= 1 || overlap.Height <= 1 ? 0 : boxes[0].IoU(reference[0]);
        return new(iou, $"IoU {iou:0.000} of the first boxes");
    }
}
