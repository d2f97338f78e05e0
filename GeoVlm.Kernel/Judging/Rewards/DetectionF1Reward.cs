using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>F1 of boxes matched one-to-one at an IoU of at least 0.5: 2 · matched / (predicted + reference).</summary>
/// <remarks>No boxes against no boxes scores 1.</remarks>
public sealed class DetectionF1Reward : IReward
{
    /// <summary>Least IoU of a match.</summary>
    public const double MinimumIoU = 0.5;

    /// <inheritdoc/>
    public string Name => "detection-f1";

    /// <inheritdoc/>
    public string Summary => "F1 of boxes matched one-to-one at IoU 0.5, 0 to 1";

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
        int hits = DetectionReward.Match(boxes, reference, MinimumIoU).Pairs.Count;
        return new(
            2.0 * hits / (boxes.Count + reference.Count),
            $"{Counted.Of(hits, "hit")}, {Counted.Of(boxes.Count - hits, "false alarm")}, {reference.Count - hits} missed"
        );
    }
}
