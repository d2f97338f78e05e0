using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>e^(5·IoU − 1) / (e^5 − 1), as RS-EoT has it; <see cref="BoxOverlapReward.Exponential"/> is what was probably meant.</summary>
public sealed class ExponentialIoUReward : IReward
{
    /// <inheritdoc/>
    public string Name => "rs-eot-iou";

    /// <inheritdoc/>
    public string Summary => "e^(5·IoU − 1) / (e^5 − 1) of the first box (RS-EoT)";

    /// <inheritdoc/>
    public string KnownFlaw => "a perfect box earns 0.370";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task is EoTask.ReferredDetection or EoTask.VisualGrounding;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.SingleBox(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        double iou = boxes is [var box, ..] ? box.IoU(reference) : 0;
        return new(Math.Exp(5 * iou - 1) / (Math.Exp(5) - 1), $"IoU {iou:0.000}");
    }
}
