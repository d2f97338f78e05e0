using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward made of a function of the user's.</summary>
internal sealed class DefinedReward(string name, Func<ParsedCompletion, Sample, double?> score, string summary, string source)
    : IReward,
        IForeignCode
{
    public string Name => name;

    public string Summary => summary;

    public string Source => source;

    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        double? value;
        try
        {
            value = score(completion, sample);
        }
        catch (Exception e) when (e is not (OperationCanceledException or RewardMismatchException))
        {
            throw new RewardFailure(name, sample, e is GeoVlmException ? e.Message : $"it threw {e.GetType().Name}: {e.Message}", e);
        }
        if (value is null)
            return RewardScore.Unreadable(completion);
        return value is >= 0 and <= 1
            ? new(value.Value)
            : throw new RewardFailure(name, sample, $"it gave {value}, expected a value from 0 to 1");
    }
}
