using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>The weighted mean of rewards, 0 to 1.</summary>
public sealed class MixedReward : IFittedReward, IForeignCode
{
    private readonly IReadOnlyList<(IReward Reward, double Weight)> terms;

    /// <summary>A mean of rewards.</summary>
    /// <param name="terms">Rewards with weights that are finite, not negative and not all 0.</param>
    /// <param name="name">Its name in tables; made of the terms when null.</param>
    /// <exception cref="GeoVlmException">A weight is out of range.</exception>
    public MixedReward(IReadOnlyList<(IReward Reward, double Weight)> terms, string? name = null)
    {
        if (terms.Any(t => !(t.Weight >= 0 && double.IsFinite(t.Weight))))
            throw new GeoVlmException("a weight must be a number of at least 0");
        this.terms = terms;
        Name =
            name
            ?? string.Join(
                "+",
                terms.Select(t => t.Weight == 1 ? t.Reward.Name : FormattableString.Invariant($"{t.Weight}*{t.Reward.Name}"))
            );
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary => "weighted mean of " + string.Join(", ", terms.Select(t => t.Reward.Name));

    /// <inheritdoc/>
    public bool IsShaping => terms.All(t => t.Reward.IsShaping);

    /// <inheritdoc/>
    public string Source => string.Join("\n", terms.Select(t => t.Reward.Source).Where(s => s.Length > 0));

    /// <inheritdoc/>
    public IReward Fit(IReadOnlyList<Sample> samples) =>
        new MixedReward([.. terms.Select(t => (IFittedReward.Of(t.Reward, samples), t.Weight))], Name);

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => terms.All(t => t.Reward.IsMeantFor(task));

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var parts = terms.Select(t => Part(t.Reward, t.Weight, completion, sample)).ToList();
        double weight = parts.Sum(p => p.Weight);
        return new(
            weight == 0 ? 0 : parts.Sum(p => p.Weight * p.Value) / weight,
            string.Join("; ", parts.Select(p => $"{p.Name}: {p.Reason}"))
        )
        {
            Parts = parts,
        };
    }

    /// <summary>The terms of a sum, or the reward as its own term.</summary>
    internal static IReadOnlyList<(IReward Reward, double Weight)> Terms(IReward reward) =>
        reward is MixedReward mixed ? mixed.terms : [(reward, 1)];

    internal static RewardPart Part(IReward reward, double weight, ParsedCompletion completion, Sample sample)
    {
        var score = reward.Score(completion, sample);
        return new RewardPart(reward.Name, weight, score.Value, score.Reason) { Inner = score.Parts };
    }
}
