using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Best assignment of 1[IoU &gt; 0.5] + 1[mean corner distance &lt; 10 px] + 1[point inside the box and within 30 px], over
/// max(predicted, reference) and 3 (VisionReasoner).</summary>
/// <remarks>
/// The n-th <c>point_2d</c> belongs to the n-th box. References here have no points of their own, so the centre of the reference box stands
/// for it: that is ours. Worked: one box exactly right whose point lies 31 px from the centre earns (1 + 1 + 0) / 3. Source:
/// dvlab-research/Seg-Zero, vision_reasoner.py, there 0 to 3.
/// </remarks>
public sealed class VisionReasonerReward : IReward
{
    private const double CornerPixels = 10,
        PointPixels = 30;

    /// <inheritdoc/>
    public string Name => "vision-reasoner";

    /// <inheritdoc/>
    public string Summary => "assignment of IoU > 0.5, corners within 10 px and a point within 30 px, each one third (VisionReasoner)";

    /// <inheritdoc/>
    public string KnownFlaw => "steps without slope between them; ten and thirty pixels are far for a small object";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        int most = Math.Max(boxes.Count, reference.Count);
        if (most == 0)
            return new(1, "no boxes, as in the reference");
        var points = WrittenPoints.Of(completion, References.FrameOf(sample));
        var matching = BoxMatching.Optimal(
            boxes.Count,
            reference.Count,
            (p, r) =>
                (
                    (boxes[p].IoU(reference[r]) > 0.5 ? 1 : 0)
                    + (SegZeroReward.CornerDistance(boxes[p], reference[r]) < CornerPixels ? 1 : 0)
                    + (p < points.Count && IsAtCentre(points[p], boxes[p], reference[r]) ? 1 : 0)
                ) / 3.0
        );
        return new(
            matching.TotalIoU / most,
            $"{matching.Pairs.Count} of {reference.Count} objects matched with {boxes.Count} boxes and {points.Count} points"
        );
    }

    private static bool IsAtCentre((double X, double Y) point, Box box, Box reference)
    {
        double dx = point.X - (reference.X1 + reference.X2) / 2,
            dy = point.Y - (reference.Y1 + reference.Y2) / 2;
        return point.X >= box.X1
            && point.X <= box.X2
            && point.Y >= box.Y1
            && point.Y <= box.Y2
            && dx * dx + dy * dy < PointPixels * PointPixels;
    }
}
