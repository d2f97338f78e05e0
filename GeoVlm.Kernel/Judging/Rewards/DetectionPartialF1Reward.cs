using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>F1 in which a match of IoU 0.5 counts 1 and one of 0.3 to 0.5 counts one half;
/// labels must agree where both are known (RS-HyRe-R1).</summary>
/// <remarks>No boxes against no boxes scores 1.</remarks>
public sealed class DetectionPartialF1Reward : IReward
{
    private const double Whole = 0.5,
        Half = 0.3;

    /// <inheritdoc/>
    public string Name => "detection-partial-f1";

    /// <inheritdoc/>
    public string Summary => "F1 of matched boxes, IoU 0.3 to 0.5 counting one half, 0 to 1";

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
        var pairs = DetectionReward.Match(boxes, reference, Half).Pairs;
        int whole = pairs.Count(p => p.IoU >= Whole);
        return new(
            2 * (whole + 0.5 * (pairs.Count - whole)) / (boxes.Count + reference.Count),
            $"{Counted.Of(whole, "hit")}, {pairs.Count - whole} near, {Counted.Of(boxes.Count - pairs.Count, "false alarm")}, {reference.Count - pairs.Count} missed"
        );
    }
}
