using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics.Detection;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>COCO's average precision of one image with every confidence 1, as VLM-R1 has it; both empty is 1, one empty 0.</summary>
public sealed class AveragePrecisionReward : IReward
{
    private readonly double? threshold;
    private readonly bool perLength;

    private AveragePrecisionReward(string name, string summary, string flaw, double? threshold, bool perLength)
    {
        (Name, Summary, KnownFlaw) = (name, summary, flaw);
        (this.threshold, this.perLength) = (threshold, perLength);
    }

    /// <summary>Mean over IoU 0.5 to 0.95.</summary>
    public static AveragePrecisionReward Mean { get; } =
        new(
            "vlm-r1-map",
            "COCO AP, all confidences 1 (VLM-R1)",
            "false alarms after the right boxes hardly cost, so answers fill with boxes; it depends on the order of the boxes",
            null,
            false
        );

    /// <summary>At IoU 0.5.</summary>
    public static AveragePrecisionReward At50 { get; } =
        new(
            "vlm-r1-ap50",
            "COCO AP50, all confidences 1 (VLM-R1)",
            "false alarms after the right boxes cost nothing, and any overlap from 0.5 is as good as a perfect one",
            0.5,
            false
        );

    /// <summary>AP · min(1, n_gt / n_pred): VLM-R1's own cure for superfluous boxes.</summary>
    public static AveragePrecisionReward OdLength { get; } =
        new(
            "vlm-r1-od-length",
            "AP · min(1, reference / predicted boxes) (VLM-R1)",
            "below IoU 0.5 nearer is no better than farther; it depends on the order of the boxes",
            null,
            true
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
        var reference = References.Objects(sample, Name);
        if (completion.Objects is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes.Count == 0 || reference.Count == 0)
            return new(boxes.Count == reference.Count ? 1 : 0, $"{boxes.Count} boxes for {reference.Count}");
        bool labelled = boxes.All(b => b.Label.Length > 0);
        string Category(LabelledBox item) => labelled ? string.Join(' ', Words.Of(item.Label)) : "";
        var evaluation = new CocoEvaluation(
            [.. reference.Select(r => new CocoTruth(0, Category(r), Coco(r.Box), r.Box.Area))],
            [.. boxes.Select(b => new CocoDetection(0, Category(b), Coco(b.Box)))],
            1
        );
        double precision = evaluation.Summary().AveragePrecision(threshold) ?? 0;
        return new(
            perLength ? precision * Math.Min(1, (double)reference.Count / boxes.Count) : precision,
            $"AP {precision:0.000}, {boxes.Count} boxes for {reference.Count}"
        );
    }

    private static CocoBox Coco(Box box) => new(box.X1, box.Y1, box.Width, box.Height);
}
