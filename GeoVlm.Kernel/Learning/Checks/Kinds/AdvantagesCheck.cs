using GeoVlm.Learning.Advantages;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>advantages</c>: <c>rewards_per_func</c> [N, F], null where one does not apply,
/// to total <c>rewards</c>, <c>std</c> and <c>advantages</c>.</summary>
internal sealed class AdvantagesCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "advantages";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        double[] Numbers(string name) => context.Reader.Value(@case.Required(name)).Numbers;
        CheckValue rewards = context.Reader.Value(@case.Required("rewards_per_func"));
        int functions = (int)rewards.Shape[1],
            size = @case.Required("num_generations").GetValue<int>();
        double[][] parts = [.. Enumerable.Range(0, functions).Select(f => rewards.Numbers.Where((_, i) => i % functions == f).ToArray())];
        bool parted = @case.Required("aggregation").GetValue<string>() == "normalize_then_sum";
        string scale = @case.Required("scale_rewards").GetValue<string>();
        var table = RewardTable.Of(parts, Numbers("weights"), size);
        yield return new Quantity(
            "advantages",
            CheckValue.Of(
                (IEnumerable<double>)
                    AdvantageCatalogue
                        .Find(
                            parted ? "gdpo"
                            : scale == "none" ? "mean"
                            : scale
                        )
                        .Of(table)
            ),
            CheckValue.Of((IEnumerable<double>)Numbers("advantages"))
        );
        if (parted)
            yield break; // what the reference lists as rewards and std are then steps on its own way
        yield return new Quantity(
            "rewards",
            CheckValue.Of((IEnumerable<double>)table.Totals),
            CheckValue.Of((IEnumerable<double>)Numbers("rewards"))
        );
        double batch = RewardTable.StandardDeviation(table.Totals);
        var deviations = table
            .Totals.Chunk(size)
            .SelectMany(g => g.Select(_ => scale == "batch" ? batch : RewardTable.StandardDeviation(g)));
        yield return new Quantity(
            "std",
            CheckValue.Of((IEnumerable<double>)deviations),
            CheckValue.Of((IEnumerable<double>)Numbers("std"))
        );
    }
}
