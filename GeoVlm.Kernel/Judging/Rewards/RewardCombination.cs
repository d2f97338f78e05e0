using GeoVlm.Data;

namespace GeoVlm.Judging.Rewards;

/// <summary>How the parts of a rubric become one total. The parts themselves are kept whatever the combination.</summary>
/// <remarks>Normalise-then-sum (GDPO) needs the whole group and is an advantage: <c>--advantage gdpo</c>.</remarks>
/// <param name="Name">What options call it.</param>
/// <param name="Total">From the parts to the total.</param>
public sealed record RewardCombination(string Name, Func<IReadOnlyList<RewardPart>, double> Total)
{
    /// <summary>Levels that the more important parts of a lexicographic total are told apart by.</summary>
    public const int Levels = 20;

    /// <summary>Σ weight · value.</summary>
    public static RewardCombination WeightedSum { get; } = new("sum", parts => parts.Sum(p => p.Weight * p.Value));

    /// <summary>Format × task: the weighted sum of the other parts, and 0 where a part named
    /// "format…" is 0. A format then opens the door but buys nothing.</summary>
    public static RewardCombination Gate { get; } =
        new(
            "gate",
            parts =>
            {
                bool IsFormat(RewardPart p) => p.Name.StartsWith("format", StringComparison.Ordinal);
                double gate = parts.Where(IsFormat).Select(p => p.Value).DefaultIfEmpty(1).Min();
                return gate * parts.Where(p => !IsFormat(p)).Sum(p => p.Weight * p.Value);
            }
        );

    /// <summary>
    /// The first part decides; the next decides between completions that it holds equal, and so on: each part but the last is rounded down
    /// to <see cref="Levels"/> levels, of which one outweighs all that comes after. 0 to 1; weights only say which parts take part (above
    /// 0).
    /// </summary>
    public static RewardCombination Lexicographic { get; } =
        new(
            "lexicographic",
            parts =>
            {
                var ranked = parts.Where(p => p.Weight > 0).ToList();
                double total = 0;
                for (int i = ranked.Count - 1; i >= 0; i--)
                {
                    double value = i == ranked.Count - 1 ? ranked[i].Value : Math.Floor(ranked[i].Value * Levels + 1e-9) / Levels;
                    total = i == ranked.Count - 1 ? value : ((Levels + 1) * value + total) / (Levels + 2);
                }
                return total;
            }
        );

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RewardCombination> All { get; } = [WeightedSum, Gate, Lexicographic];

    /// <summary>The combination of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static RewardCombination Find(string name) => NearestName.Find(All, c => c.Name, name, "combination");
}
