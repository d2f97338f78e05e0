using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward spread over a part of its range: (r − low) / (high − low), held within 0 and 1.</summary>
public sealed class ClippedReward : IFittedReward, IForeignCode
{
    private readonly IReward reward;
    private readonly double low,
        high;

    /// <summary>Spreads a reward.</summary>
    /// <exception cref="GeoVlmException">Not 0 ≤ low &lt; high ≤ 1.</exception>
    public ClippedReward(IReward reward, double low, double high)
    {
        if (!(low >= 0 && low < high && high <= 1))
            throw new GeoVlmException($"Clip needs 0 ≤ low < high ≤ 1, found {low} and {high}");
        (this.reward, this.low, this.high) = (reward, low, high);
    }

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"{reward.Name}-clip-{low}-{high}");

    /// <inheritdoc/>
    public string Summary => $"{reward.Name}, of which {low} and less is 0, {high} and more 1";

    /// <inheritdoc/>
    public bool IsShaping => reward.IsShaping;

    /// <inheritdoc/>
    public string Source => reward.Source;

    /// <inheritdoc/>
    public IReward Fit(IReadOnlyList<Sample> samples) => new ClippedReward(IFittedReward.Of(reward, samples), low, high);

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => reward.IsMeantFor(task);

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var part = MixedReward.Part(reward, 1, completion, sample);
        return new(Math.Clamp((part.Value - low) / (high - low), 0, 1), part.Reason) { Parts = [part] };
    }
}
