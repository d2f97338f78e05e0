using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>The product of rewards: each must be earned for the whole to pay.</summary>
/// <param name="factors">The rewards, at least one.</param>
public sealed class ProductReward(IReadOnlyList<IReward> factors) : IFittedReward, IForeignCode
{
    /// <inheritdoc/>
    public string Name => string.Join("*", factors.Select(f => f.Name));

    /// <inheritdoc/>
    public string Summary => "product of " + string.Join(", ", factors.Select(f => f.Name));

    /// <inheritdoc/>
    public bool IsShaping => factors.All(f => f.IsShaping);

    /// <inheritdoc/>
    public string Source => string.Join("\n", factors.Select(f => f.Source).Where(s => s.Length > 0));

    /// <inheritdoc/>
    public IReward Fit(IReadOnlyList<Sample> samples) => new ProductReward([.. factors.Select(f => IFittedReward.Of(f, samples))]);

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => factors.All(f => f.IsMeantFor(task));

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var parts = factors.Select(f => MixedReward.Part(f, 1, completion, sample)).ToList();
        return new(
            parts.Aggregate(1.0, (product, p) => product * p.Value),
            string.Join("; ", parts.Select(p => $"{p.Name} {p.Value:0.00}: {p.Reason}"))
        )
        {
            Parts = parts,
        };
    }
}
