using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Sum of the IoU of optimally matched boxes over max(predicted, reference): both missed and superfluous boxes cost.</summary>
/// <remarks>No public text of the paper says how its detection reward matches; this is our reconstruction (det.mean_iou_max of
/// Visual-RFT, with optimal in place of greedy matching). Boxes of different labels do not match; a box without a label matches any.
/// No boxes against no boxes scores 1.</remarks>
public sealed class DetectionReward : IReward
{
    /// <inheritdoc/>
    public string Name => "detection";

    /// <inheritdoc/>
    public string Summary => "sum of one-to-one matched IoU / max(predicted, reference boxes), 0 to 1";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.HasBoxes();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Objects(sample, Name);
        if (completion.Objects is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes.Count + reference.Count == 0)
            return new(1, "no boxes, as in the reference");
        var matching = Match(boxes, reference);
        return new(
            Math.Min(1, matching.TotalIoU / Math.Max(boxes.Count, reference.Count)),
            $"matched {matching.Pairs.Count} of {Count(reference.Count, "object", "objects")} with {Count(boxes.Count, "box", "boxes")}, IoU sum {matching.TotalIoU:0.000}"
        );
    }

    /// <summary>A number of things in words: "1 box", "3 boxes".</summary>
    internal static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    /// <summary>The best one-to-one matching of boxes whose labels agree or are not both known.</summary>
    internal static BoxMatching Match(IReadOnlyList<LabelledBox> predicted, IReadOnlyList<LabelledBox> reference, double minimumIoU = 0)
    {
        // Most answers have no labels: then no words need be compared.
        bool labelled = predicted.Any(p => p.Label.Length > 0) && reference.Any(r => r.Label.Length > 0);
        return BoxMatching.Optimal(
            predicted.Count,
            reference.Count,
            (p, r) => labelled && !LabelsMeet(predicted[p], reference[r]) ? 0 : predicted[p].Box.IoU(reference[r].Box),
            minimumIoU
        );
    }

    /// <summary>Whether two labels agree, or one of them is not known.</summary>
    internal static bool LabelsMeet(LabelledBox a, LabelledBox b) =>
        a.Label.Length == 0 || b.Label.Length == 0 || Words.Same(a.Label, b.Label);
}
