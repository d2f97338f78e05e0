using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Vision-R1's staged rewards: recall or mean GIoU of matched boxes; at the first stage below 0.5 nothing and above 0.75 all,
/// at the second 0.75 and 0.9.</summary>
/// <remarks>The assignment there costs class, L1 and GIoU; here IoU. There the second stage begins at step 1,500, which a pure reward does
/// not know: start a run with the one and go on with the other. Source: jefferyZhan/Griffon, Vision-R1.</remarks>
public sealed class StagedDetectionReward : IReward
{
    private const string NoFalseAlarms = "superfluous boxes cost nothing here",
        NoMisses = "missed objects and superfluous boxes cost nothing here";
    private static readonly (double Low, double High) First = (0.5, 0.75),
        Second = (0.75, 0.9);
    private readonly bool recall;
    private readonly (double Low, double High) stage;

    private StagedDetectionReward(string name, string summary, string flaw, bool recall, (double, double) stage) =>
        (Name, Summary, KnownFlaw, this.recall, this.stage) = (name, summary, flaw, recall, stage);

    /// <summary>Share of objects found.</summary>
    public static StagedDetectionReward Recall { get; } =
        new("vision-r1-recall", "share of objects found, below 0.5 → 0, above 0.75 → 1 (Vision-R1)", NoFalseAlarms, true, First);

    /// <summary>Share of objects found, at the second stage.</summary>
    public static StagedDetectionReward LateRecall { get; } =
        new("vision-r1-recall-late", "share of objects found, below 0.75 → 0, above 0.9 → 1 (Vision-R1)", NoFalseAlarms, true, Second);

    /// <summary>Mean GIoU of the matched boxes.</summary>
    public static StagedDetectionReward Precision { get; } =
        new("vision-r1-precision", "mean GIoU of matched boxes, below 0.5 → 0, above 0.75 → 1 (Vision-R1)", NoMisses, false, First);

    /// <summary>Mean GIoU of the matched boxes, at the second stage.</summary>
    public static StagedDetectionReward LatePrecision { get; } =
        new("vision-r1-precision-late", "mean GIoU of matched boxes, below 0.75 → 0, above 0.9 → 1 (Vision-R1)", NoMisses, false, Second);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public string KnownFlaw { get; }

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (reference.Count == 0)
            return new(boxes.Count == 0 ? 1 : 0, $"{boxes.Count} boxes for none");
        var pairs = BoxMatching.Optimal(boxes, reference).Pairs;
        double value =
            recall ? (double)pairs.Count(p => p.IoU >= 0.5) / reference.Count
            : pairs.Count == 0 ? 0
            : pairs.Average(p => Math.Max(0, BoxFit.GIoU(boxes[p.Predicted], reference[p.Reference])));
        return new(
            value < stage.Low ? 0
                : value > stage.High ? 1
                : value,
            $"{pairs.Count} of {reference.Count} matched, {(recall ? "recall" : "mean GIoU")} {value:0.000}"
        );
    }
}
