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
        catch (RewardMismatchException e)
        {
            throw new RewardMismatchException(Message(sample, e.Message));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new GeoVlmException(Message(sample, e is GeoVlmException ? e.Message : $"it threw {e.GetType().Name}: {e.Message}"), e);
        }
        if (value is null)
            return RewardScore.Unreadable(completion);
        return value is >= 0 and <= 1
            ? new(value.Value)
            : throw new GeoVlmException(Message(sample, $"it gave {value}, expected a value from 0 to 1"));
    }

    private string Message(Sample sample, string what) => $"{Preamble(name, sample)}{what}.";

    /// <summary>How a message begins that says why a reward failed; who names both already leaves it out.</summary>
    internal static string Preamble(string name, Sample sample) => $"Reward '{name}' failed on sample '{sample.Id}' ({sample.Task}): ";
}
