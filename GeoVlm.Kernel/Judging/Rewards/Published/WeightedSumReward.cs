using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>0.7 · ΣIoU of greedily matched boxes / n_gt + 0.3 · (1 − (missed + false-alarm
/// share) / 2), τ = 0.5, as VLM-R1's detection score has it.</summary>
/// <remarks>Boxes are taken in the order written; a box whose label is another than its object's counts for completeness, not for position.
/// A share for labels alone has the weight 0 there. Source: om-ai-lab/VLM-R1, detection_score.</remarks>
public sealed class WeightedSumReward : IReward
{
    private const double Position = 0.7,
        Completeness = 0.3;

    /// <inheritdoc/>
    public string Name => "vlm-r1-weighted-sum";

    /// <inheritdoc/>
    public string Summary => "0.7 position + 0.3 completeness of greedily matched boxes (VLM-R1)";

    /// <inheritdoc/>
    public string KnownFlaw => "no box at all earns 0.15, and false alarms cost at most 0.15 however many there are";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Objects(sample, Name);
        if (completion.Objects is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (reference.Count == 0)
            return new(boxes.Count == 0 ? 1 : 0, $"{boxes.Count} boxes for none");
        var open = reference.ToList();
        double sum = 0;
        int hits = 0;
        foreach (var box in boxes)
        {
            if (open.Count == 0 || open.MaxBy(r => r.Box.IoU(box.Box)) is not { } nearest || nearest.Box.IoU(box.Box) < 0.5)
                continue;
            sum += DetectionReward.LabelsMeet(box, nearest) ? nearest.Box.IoU(box.Box) : 0;
            hits++;
            open.Remove(nearest);
        }
        double missed = (double)open.Count / reference.Count,
            alarms = boxes.Count == 0 ? 0 : (double)(boxes.Count - hits) / boxes.Count;
        return new(
            Math.Min(1, Position * sum / reference.Count + Completeness * (1 - (missed + alarms) / 2)),
            $"{Counted.Of(hits, "hit")}, {Counted.Of(boxes.Count - hits, "false alarm")}, {open.Count} missed"
        );
    }
}
