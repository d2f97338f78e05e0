using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>1 when the answer is JSON whose every <c>bbox_2d</c> has four numbers; the other way round where nothing is there to
/// find.</summary>
/// <remarks>A list without any object is no list of boxes. Source: jefferyZhan/Griffon, Vision-R1/vision_r1/visionr1_qwen.py, its dual
/// format reward.</remarks>
public sealed class DualFormatReward : IReward
{
    /// <inheritdoc/>
    public string Name => "vision-r1-format";

    /// <inheritdoc/>
    public string Summary =>
        "1 for JSON with bbox_2d of four numbers; where nothing is there, 1 for anything else, even nothing (Vision-R1)";

    /// <inheritdoc/>
    public bool IsShaping => true;

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.HasBoxes();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        bool wanted = References.Objects(sample, Name).Count > 0,
            found = completion.WrittenAnswer is { } answer && FormatVariantReward.IsBoxJson(answer, atLeast: 1);
        return new(found == wanted ? 1 : 0, $"{(found ? "a" : "no")} list of boxes, {(wanted ? "a" : "no")} list asked for");
    }
}
