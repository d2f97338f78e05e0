using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Share of predicted boxes with IoU ≥ 0.5 to any reference box, as EarthDial
/// scores detection ("mAP") and the paper's tables report it.</summary>
public sealed class PrecisionReward : IReward
{
    /// <inheritdoc/>
    public string Name => "earthdial-precision";

    /// <inheritdoc/>
    public string Summary => "share of predicted boxes with IoU ≥ 0.5 to any reference box (EarthDial's \"mAP\")";

    /// <inheritdoc/>
    public string KnownFlaw => "one safe box per image earns 1: missed objects cost nothing, and one good box may be repeated";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Objects(sample, Name);
        if (completion.Objects is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes.Count == 0)
            return new(reference.Count == 0 ? 1 : 0, "no box");
        int hits = boxes.Count(b => reference.Any(r => IoU(b, r) >= 0.5));
        return new((double)hits / boxes.Count, $"{hits} of {boxes.Count} boxes lie on an object");
    }

    private static double IoU(LabelledBox a, LabelledBox b) => a.Oriented is { } p && b.Oriented is { } r ? p.IoU(r) : a.Box.IoU(b.Box);
}
