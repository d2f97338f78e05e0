using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging.Lab;

/// <summary>The same rollouts under several rewards: what each pays, how far they agree on
/// which sibling is better, and where they disagree most.</summary>
/// <param name="Columns">One for each reward, in the order given.</param>
/// <param name="Agreements">One for each pair of rewards.</param>
/// <param name="Rollouts">Every rollout with what each reward paid.</param>
public sealed record RewardComparison(
    IReadOnlyList<RewardComparison.Column> Columns,
    IReadOnlyList<RewardComparison.Agreement> Agreements,
    IReadOnlyList<RewardComparison.Row> Rollouts
)
{
    /// <summary>Bars of a histogram, each a tenth of the range from 0 to the largest total.</summary>
    public const int Bars = 10;

    /// <summary>What one reward pays.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Mean">Mean total.</param>
    /// <param name="Deviation">Standard deviation over all rollouts.</param>
    /// <param name="ZeroVariance">Share of groups whose totals are all equal: they teach nothing.</param>
    /// <param name="Histogram">Rollouts per tenth of the range 0 to <paramref name="Most"/>.</param>
    /// <param name="Most">The right end of the histogram: the largest total, at least 1.</param>
    /// <param name="Faults">Rollouts on which the reward failed.</param>
    public sealed record Column(
        string Name,
        double Mean,
        double Deviation,
        double ZeroVariance,
        IReadOnlyList<int> Histogram,
        double Most,
        int Faults
    );

    /// <summary>How two rewards agree.</summary>
    /// <param name="First">Index of the one.</param>
    /// <param name="Second">Index of the other.</param>
    /// <param name="Order">Share of pairs of siblings that both put in the same order, of
    /// those that both put in some order; NaN for none.</param>
    /// <param name="Correlation">Rank correlation (Spearman) over all rollouts; NaN where one is constant.</param>
    /// <param name="Decided">Share of pairs of siblings that both put in some order.</param>
    public sealed record Agreement(int First, int Second, double Order, double Correlation, double Decided);

    /// <summary>One rollout.</summary>
    /// <param name="Group">Index of its group.</param>
    /// <param name="Sample">What was asked.</param>
    /// <param name="Judgements">What each reward made of it.</param>
    /// <param name="Disagreement">Largest difference of its rank between two rewards, as a share of all rollouts: 0 to 1.</param>
    public sealed record Row(int Group, Sample Sample, IReadOnlyList<Judgement> Judgements, double Disagreement);

    /// <summary>The rollouts on which the rewards disagree most, at most one of each group.</summary>
    public IReadOnlyList<Row> Worst(int count) =>
        [.. Rollouts.Where(r => r.Disagreement > 0).OrderByDescending(r => r.Disagreement).DistinctBy(r => r.Group).Take(count)];

    /// <summary>Judges saved rollouts under several rewards.</summary>
    /// <param name="groups">The rollouts, at least one.</param>
    /// <param name="rewards">Name of each, and the rubric that it judges a sample by.</param>
    /// <exception cref="GeoVlmException">There are no rollouts, or fewer than two rewards.</exception>
    public static RewardComparison Of(
        IReadOnlyList<SavedRollouts> groups,
        IReadOnlyList<(string Name, Func<Sample, Rubric> RubricOf)> rewards
    )
    {
        if (groups.Count == 0)
            throw new GeoVlmException("there are no rollouts to compare rewards on");
        if (rewards.Count < 2)
            throw new GeoVlmException("a comparison needs at least two rewards");
        var judged = rewards
            .Select(r => groups.SelectMany(g => r.RubricOf(g.Sample).JudgeGroup(g.Completions, g.Sample, g.Frame)).ToArray())
            .ToArray();
        int[] groupOf = [.. groups.SelectMany((g, i) => Enumerable.Repeat(i, g.Completions.Count))];
        double[][] totals = [.. judged.Select(j => j.Select(x => x.Reward.Total).ToArray())];
        double[][] ranks = [.. totals.Select(Ranks)];
        Column[] columns = [.. rewards.Select((r, c) => Describe(r.Name, totals[c], groupOf, judged[c].Count(j => j.Reward.Faults.Any())))];
        Agreement[] agreements =
        [
            .. from a in Enumerable.Range(0, rewards.Count)
            from b in Enumerable.Range(a + 1, rewards.Count - a - 1)
            select Compare(a, b, totals, ranks, groupOf),
        ];
        Row[] rows =
        [
            .. groupOf.Select(
                (g, i) =>
                    new Row(
                        g,
                        groups[g].Sample,
                        [.. judged.Select(j => j[i])],
                        (ranks.Max(r => r[i]) - ranks.Min(r => r[i])) / Math.Max(1, groupOf.Length - 1)
                    )
            ),
        ];
        return new(columns, agreements, rows);
    }

    private static Column Describe(string name, double[] totals, int[] groupOf, int faults)
    {
        double mean = totals.Average(),
            most = Math.Max(1, totals.Max());
        int[] histogram = new int[Bars];
        foreach (double total in totals)
            histogram[Math.Clamp((int)(total / most * Bars), 0, Bars - 1)]++;
        double still = totals.Zip(groupOf).GroupBy(t => t.Second).Average(g => g.Max(t => t.First) - g.Min(t => t.First) < 1e-9 ? 1.0 : 0);
        return new(name, mean, Math.Sqrt(totals.Average(t => (t - mean) * (t - mean))), still, histogram, most, faults);
    }

    private static Agreement Compare(int a, int b, double[][] totals, double[][] ranks, int[] groupOf)
    {
        long same = 0,
            other = 0,
            pairs = 0;
        for (int start = 0, end; start < groupOf.Length; start = end)
        {
            for (end = start + 1; end < groupOf.Length && groupOf[end] == groupOf[start]; )
                end++;
            for (int i = start; i < end; i++)
            for (int j = i + 1; j < end; j++)
            {
                pairs++;
                int sign = Math.Sign(totals[a][i] - totals[a][j]) * Math.Sign(totals[b][i] - totals[b][j]);
                if (sign > 0)
                    same++;
                else if (sign < 0)
                    other++;
            }
        }
        return new(
            a,
            b,
            same + other == 0 ? double.NaN : (double)same / (same + other),
            Correlation.Of(ranks[a], ranks[b]),
            pairs == 0 ? 0 : (double)(same + other) / pairs
        );
    }

    /// <summary>Ranks from 0, ties sharing the mean of theirs.</summary>
    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        double[] ranks = new double[values.Length];
        for (int start = 0, end; start < order.Length; start = end)
        {
            for (end = start + 1; end < order.Length && values[order[end]] == values[order[start]]; )
                end++;
            for (int k = start; k < end; k++)
                ranks[order[k]] = (start + end - 1) / 2.0;
        }
        return ranks;
    }
}
