using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Vision-R1's staged rewards at their first stage: recall or mean GIoU of
/// matched boxes, below 0.5 nothing, above 0.75 all.</summary>
/// <remarks>The assignment there costs class, L1 and GIoU; here IoU. The second stage (0.75 and 0.9, from step 1,500) depends on the step,
/// which a pure reward does not know.</remarks>
public sealed class StagedDetectionReward : IReward
{
    private const double Low = 0.5,
        High = 0.75;
    private readonly bool recall;

    private StagedDetectionReward(string name, string summary, string flaw, bool recall) =>
        (Name, Summary, KnownFlaw, this.recall) = (name, summary, flaw, recall);

    /// <summary>Share of objects found.</summary>
    public static StagedDetectionReward Recall { get; } =
        new(
            "vision-r1-recall",
            "share of objects found, below 0.5 → 0, above 0.75 → 1 (Vision-R1)",
            "superfluous boxes cost nothing here",
            true
        );

    /// <summary>Mean GIoU of the matched boxes.</summary>
    public static StagedDetectionReward Precision { get; } =
        new(
            "vision-r1-precision",
            "mean GIoU of matched boxes, below 0.5 → 0, above 0.75 → 1 (Vision-R1)",
            "missed objects and superfluous boxes cost nothing here",
            false
        );

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
            value < Low ? 0
                : value > High ? 1
                : value,
            $"{pairs.Count} of {reference.Count} matched, {(recall ? "recall" : "mean GIoU")} {value:0.000}"
        );
    }
}
