using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Sum of a similarity of rotated boxes, matched one to one for the largest sum, over max(predicted, reference).</summary>
/// <remarks>
/// Beside rotated IoU there are two similarities of the Gaussians that boxes stand for (mean the centre, covariance from the sides and the
/// angle): KLD, 1 / (1 + ln(1 + D)) with D the Kullback–Leibler divergence of the predicted from the reference Gaussian (Yang 2021; τ = 1,
/// log as published); and ProbIoU, 1 − Hellinger distance (Llerena 2021). Both change smoothly with the angle, and see no angle in a
/// square. A box without an angle is taken as it lies. No boxes against no boxes scores 1.
/// </remarks>
public sealed class OrientedDetectionReward : IReward
{
    private readonly Func<OrientedBox, OrientedBox, double> similarity;

    private OrientedDetectionReward(string name, string summary, Func<OrientedBox, OrientedBox, double> similarity, string flaw = "") =>
        (Name, Summary, this.similarity, KnownFlaw) = (name, summary, similarity, flaw);

    /// <summary>Exact IoU of the rotated rectangles.</summary>
    public static OrientedDetectionReward RotatedIoU { get; } =
        new("rotated-iou", "matched IoU of rotated boxes / max(predicted, reference)", (a, b) => a.IoU(b));

    /// <summary>Kullback–Leibler divergence of Gaussians.</summary>
    public static OrientedDetectionReward Kld { get; } =
        new(
            "kld",
            "matched 1 / (1 + ln(1 + KLD)) of Gaussians of rotated boxes / max(predicted, reference)",
            BoxGaussian.KldSimilarity,
            "its tail is long: a box beside the object, without any overlap, earns nearly half"
        );

    /// <summary>ProbIoU of Gaussians.</summary>
    public static OrientedDetectionReward ProbIoU { get; } =
        new("probiou", "matched ProbIoU of rotated boxes / max(predicted, reference)", BoxGaussian.ProbIoU);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public string KnownFlaw { get; }

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task == EoTask.OrientedDetection;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var truth = References.Objects(sample, Name);
        OrientedBox[] reference = [.. truth.Select(Oriented)];
        if (completion.Objects is not { } objects)
            return RewardScore.Unreadable(completion);
        OrientedBox[] predicted = [.. objects.Select(Oriented)];
        if (predicted.Length + reference.Length == 0)
            return new(1, "no boxes, as in the reference");
        var matching = BoxMatching.Optimal(
            predicted.Length,
            reference.Length,
            (p, r) =>
                predicted[p].Area > 0 && reference[r].Area > 0 && DetectionReward.LabelsMeet(objects[p], truth[r])
                    ? Math.Clamp(similarity(predicted[p], reference[r]), 0, 1)
                    : 0
        );
        return new(
            Math.Min(1, matching.TotalIoU / Math.Max(predicted.Length, reference.Length)),
            $"matched {matching.Pairs.Count} of {DetectionReward.Count(reference.Length, "object", "objects")} with {DetectionReward.Count(predicted.Length, "box", "boxes")}, sum {matching.TotalIoU:0.000}"
        );
    }

    private static OrientedBox Oriented(LabelledBox item) =>
        item.Oriented ?? new((item.Box.X1 + item.Box.X2) / 2, (item.Box.Y1 + item.Box.Y2) / 2, item.Box.Width, item.Box.Height, 0);
}
