using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward that pays only where a condition holds, such as the strict format.</summary>
/// <param name="reward">What is paid.</param>
/// <param name="condition">What must be earned first.</param>
/// <param name="least">Value of the condition from which on it holds, 0 to 1.</param>
public sealed class GatedReward(IReward reward, IReward condition, double least) : IFittedReward, IForeignCode
{
    /// <inheritdoc/>
    public string Name => $"{reward.Name}-if-{condition.Name}";

    /// <inheritdoc/>
    public string Summary => $"{reward.Name} where {condition.Name} is at least {least}, else 0";

    /// <inheritdoc/>
    public bool IsShaping => reward.IsShaping;

    /// <inheritdoc/>
    public string Source => string.Join("\n", new[] { reward.Source, condition.Source }.Where(s => s.Length > 0));

    /// <inheritdoc/>
    public IReward Fit(IReadOnlyList<Sample> samples) =>
        new GatedReward(IFittedReward.Of(reward, samples), IFittedReward.Of(condition, samples), least);

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => reward.IsMeantFor(task);

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        RewardPart[] parts = [MixedReward.Part(condition, 0, completion, sample), MixedReward.Part(reward, 1, completion, sample)];
        bool open = parts[0].Value >= least;
        return new(open ? parts[1].Value : 0, open ? parts[1].Reason : $"{condition.Name}: {parts[0].Reason}") { Parts = parts };
    }
}
