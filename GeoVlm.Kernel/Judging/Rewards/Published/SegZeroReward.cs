using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Best assignment of 1[IoU &gt; 0.5] + 1[mean corner distance &lt; 10 px] over
/// max(predicted, reference), halved to 0 to 1 (Seg-Zero, VisionReasoner).</summary>
/// <remarks>The third term there asks for a point inside the object; this one takes boxes alone, <see cref="VisionReasonerReward"/> the
/// points too.</remarks>
public sealed class SegZeroReward : IReward
{
    /// <inheritdoc/>
    public string Name => "seg-zero-boxes";

    /// <inheritdoc/>
    public string Summary => "assignment of IoU > 0.5 and corners within 10 px, each one half (Seg-Zero)";

    /// <inheritdoc/>
    public string KnownFlaw => "steps without slope between them; ten pixels are far for a small object: a box beside it can earn half";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        int most = Math.Max(boxes.Count, reference.Count);
        if (most == 0)
            return new(1, "no boxes, as in the reference");
        var matching = BoxMatching.Optimal(
            boxes.Count,
            reference.Count,
            (p, r) => (boxes[p].IoU(reference[r]) > 0.5 ? 0.5 : 0) + (CornerDistance(boxes[p], reference[r]) < 10 ? 0.5 : 0)
        );
        return new(matching.TotalIoU / most, $"{matching.Pairs.Count} of {reference.Count} objects matched with {boxes.Count} boxes");
    }

    /// <summary>Mean distance of the four numbers.</summary>
    internal static double CornerDistance(Box a, Box b) =>
        (Math.Abs(a.X1 - b.X1) + Math.Abs(a.Y1 - b.Y1) + Math.Abs(a.X2 - b.X2) + Math.Abs(a.Y2 - b.Y2)) / 4;
}
