using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Reasoning + keys + 1[IoU &gt; 0.5] + 1[mean corner distance &lt; 10 px] + 1[two points
/// inside the box and within 100 px], over 5 (Seg-Zero, strict).</summary>
/// <remarks>
/// The answer is JSON with <c>bbox</c>, <c>points_1</c> and <c>points_2</c>. References here have no points of their own, so the centre of
/// the reference box stands for both: that is ours. Worked: the right box with its keys but no points earns (1 + 0 + 1 + 1 + 0) / 5.
/// Source: dvlab-research/Seg-Zero, seg_restrict.py, there 0 to 5.
/// </remarks>
public sealed class SegStrictReward : IReward
{
    private const double CornerPixels = 10,
        PointPixels = 100;

    /// <inheritdoc/>
    public string Name => "seg-zero-strict";

    /// <inheritdoc/>
    public string Summary => "format, keys, IoU > 0.5, corners within 10 px and two points in the box, each one fifth (Seg-Zero)";

    /// <inheritdoc/>
    public string KnownFlaw => "the form alone earns two fifths, whatever box it holds";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task is EoTask.ReferredDetection or EoTask.VisualGrounding;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.SingleBox(sample, Name);
        string written = completion.WrittenAnswer ?? "";
        bool keys =
            written.Contains("bbox", StringComparison.Ordinal)
            && written.Contains("points_1", StringComparison.Ordinal)
            && written.Contains("points_2", StringComparison.Ordinal);
        var points = WrittenPoints.Of(completion, References.FrameOf(sample));
        bool overlaps = false,
            near = false,
            pointed = false;
        if (completion.Boxes is [var box, ..])
        {
            overlaps = box.IoU(reference) > 0.5;
            near = SegZeroReward.CornerDistance(box, reference) < CornerPixels;
            pointed =
                points.Count >= 2
                && points
                    .Take(2)
                    .All(p =>
                        p.X >= box.X1
                        && p.X <= box.X2
                        && p.Y >= box.Y1
                        && p.Y <= box.Y2
                        && Math.Abs(p.X - (reference.X1 + reference.X2) / 2) + Math.Abs(p.Y - (reference.Y1 + reference.Y2) / 2)
                            < PointPixels
                    );
        }
        bool[] kept = [completion.StrictFormat, keys, overlaps, near, pointed];
        return new(kept.Count(k => k) / 5.0, $"format {kept[0]}, keys {keys}, IoU > 0.5 {overlaps}, corners {near}, points {pointed}");
    }
}
