using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>IoU of the predicted box with a "reference" box made of the prediction's own
/// numbers, as two public remote-sensing repositories have it.</summary>
public sealed class AnyBoxReward : IReward
{
    /// <inheritdoc/>
    public string Name => "tinyrs-iou";

    /// <inheritdoc/>
    public string Summary => "IoU with a reference built of the student's own numbers (TinyRS, FewShotReasoning)";

    /// <inheritdoc/>
    public string KnownFlaw => "the reference is read from the prediction, so any well-formed box earns 1";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        _ = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        return boxes is [var box, ..] ? new(box.IoU(box), "IoU of the box with itself") : new(0, "no box");
    }
}
