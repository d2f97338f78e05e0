using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>+1 for a right answer, −1 for a wrong one, and a penalty of up to −1 for length, moved to 0 to 1: (v + 2) / 3.</summary>
/// <remarks>
/// The penalty is that of <see cref="LengthReward.Overlong"/>, in characters here and in tokens there; right means equal to a reference in
/// its words. Moving and scaling a reward changes no advantage that is divided by the deviation. Worked: right and short 1, wrong and short
/// ⅓, right and far too long ⅔, wrong and far too long 0. Source: hiyouga/EasyR1, examples/reward_function/dapo.py.
/// </remarks>
public sealed class DapoReward : IReward
{
    private readonly ExactMatchReward exact = new();

    /// <inheritdoc/>
    public string Name => "easyr1-dapo";

    /// <inheritdoc/>
    public string Summary => "+1 right, −1 wrong, up to −1 for length, as (v + 2) / 3 (EasyR1, DAPO)";

    /// <inheritdoc/>
    public string KnownFlaw => "a wrong answer earns a third for being short, and so does an empty one";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsShortAnswer();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var right = exact.Score(completion, sample);
        var brief = LengthReward.Overlong.Score(completion, sample);
        return new((2 * right.Value + brief.Value) / 3, $"{right.Reason}; {brief.Reason}");
    }
}
