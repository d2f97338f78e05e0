using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>1 when the completion is in the strict think/answer format, else 0, whatever the answer says.</summary>
public sealed class FormatReward : IReward
{
    /// <inheritdoc/>
    public string Name => "format";

    /// <inheritdoc/>
    public string Summary => "1 when the whole completion is one think pair and one answer pair, else 0";

    /// <inheritdoc/>
    public bool IsShaping => true;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample) =>
        completion.StrictFormat
            ? new(1, "strict format")
            : new(0, CompletionParser.FormatFault(completion.Text) ?? "not in the strict format");
}
