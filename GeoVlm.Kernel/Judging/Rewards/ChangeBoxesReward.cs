using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Change as objects: sum of the IoU of optimally matched boxes over
/// max(predicted, reference), whatever the size of each.</summary>
/// <remarks>A pixel measure forgets small changes beside large ones; this does not. Reference boxes are those of the sample, or the
/// connected parts of its mask; a predicted grid counts by its connected parts. No change against no change scores 1.</remarks>
public sealed class ChangeBoxesReward : IReward
{
    // Parts smaller than this are specks of the annotation, not changes. Ours.
    private const int SmallestPart = 16;

    /// <inheritdoc/>
    public string Name => "change-boxes";

    /// <inheritdoc/>
    public string Summary => "changed places matched one-to-one, IoU sum / max(predicted, reference places)";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task == EoTask.ChangeDetection;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        IReadOnlyList<LabelledBox> reference =
            sample.Reference is BoxesAnswer
                ? References.Objects(sample, Name)
                :
                [
                    .. References
                        .ChangeMask(sample, Name)
                        .ComponentBoxes(sample.Reference is MaskAnswer ? 1 : SmallestPart)
                        .Select(b => new LabelledBox(b)),
                ];
        if (Predicted(completion, sample) is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes.Count + reference.Count == 0)
            return new(1, "no change, as in the reference");
        var matching = DetectionReward.Match(boxes, reference);
        return new(
            Math.Min(1, matching.TotalIoU / Math.Max(boxes.Count, reference.Count)),
            $"matched {matching.Pairs.Count} of {reference.Count} places with {boxes.Count}, IoU sum {matching.TotalIoU:0.000}"
        );
    }

    private IReadOnlyList<LabelledBox>? Predicted(ParsedCompletion completion, Sample sample) =>
        completion.Answer is MaskAnswer
            ?
            [
                .. References
                    .Painted(completion, References.ChangeMask(sample, Name))!
                    .ComponentBoxes()
                    .Take(BoxesParser.MaximumBoxes)
                    .Select(b => new LabelledBox(b)),
            ]
            : completion.Objects;
}
