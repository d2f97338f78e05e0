using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Accuracy shaped by length along a cosine: hi − (hi − lo)(1 −
/// cos(πL/1024)) / 2, right answers 1 to 0.5, as VLM-R1 has it.</summary>
/// <remarks>Length is counted in words here, in tokens there.</remarks>
public sealed class CosineLengthReward : IReward
{
    private const double High = 1,
        Low = 0.5,
        Horizon = 1024;

    /// <inheritdoc/>
    public string Name => "vlm-r1-cosine";

    /// <inheritdoc/>
    public string Summary => "accuracy shaped by length along a cosine (VLM-R1)";

    /// <inheritdoc/>
    public string KnownFlaw =>
        "the accuracy is overwritten with 1, so wrong answers take the right branch; past 1,024 tokens the cosine turns up again";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        int length = completion.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return new(High - (High - Low) * (1 - Math.Cos(Math.PI * length / Horizon)) / 2, $"{length} words; the answer is not looked at");
    }
}
