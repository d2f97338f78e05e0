namespace GeoVlm.Judging.Rewards;

/// <summary>What happens when a reward fails: the completion gets the floor, the fault is
/// listed, and training stops only when too many fail.</summary>
public sealed record RewardPolicy
{
    /// <summary>The defaults.</summary>
    public static RewardPolicy Default { get; } = new();

    /// <summary>Value of a part whose reward failed. 0 to 1.</summary>
    public double Floor { get; init; }

    /// <summary>Longest that one call of a reward from outside this assembly may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Share of a step's completions with a fault beyond which training stops. 0 to 1; 0.2 is ours.</summary>
    public double MostFailing { get; init; } = 0.2;

    /// <summary>How many of the first calls of a reward from outside this assembly are made
    /// twice, to see whether it is pure; then every 64th.</summary>
    public int PurityChecks { get; init; } = 8;

    /// <summary>Stops when more completions failed than the share allows.</summary>
    /// <param name="judgements">The breakdowns of one step.</param>
    /// <param name="where">What is running: "step 7".</param>
    /// <exception cref="GeoVlmException">Too many failed; the message has the most frequent faults.</exception>
    public void Check(IReadOnlyCollection<RewardBreakdown> judgements, string where)
    {
        int failed = judgements.Count(j => j.Faults.Any());
        if (failed == 0 || failed <= MostFailing * judgements.Count)
            return;
        var faults = judgements
            .SelectMany(j => j.Faults)
            .GroupBy(f => f)
            .OrderByDescending(g => g.Count())
            .Take(3)
            .Select(g => $"{g.Count()} × {g.Key}");
        throw new GeoVlmException(
            $"{where}: the rewards of {failed} of {judgements.Count} completions failed, more than {MostFailing:P0} "
                + $"(RewardPolicy.MostFailing). Mend the reward, or try it with `#!geo-reward-try`:\n  {string.Join("\n  ", faults)}"
        );
    }
}
