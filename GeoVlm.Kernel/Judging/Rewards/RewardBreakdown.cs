namespace GeoVlm.Judging.Rewards;

/// <summary>The total reward of a completion, with every part that went into it.</summary>
/// <param name="Total">What the rubric's combination makes of the parts; the weighted sum unless it says otherwise.</param>
/// <param name="Parts">The parts, in the order of the rubric.</param>
public sealed record RewardBreakdown(double Total, IReadOnlyList<RewardPart> Parts)
{
    /// <summary>What went wrong in a reward, a line each; empty for most. The part then has the floor.</summary>
    public IEnumerable<string> Faults => Parts.Select(p => p.Fault).OfType<string>();
}

/// <summary>One weighted part of a reward.</summary>
/// <param name="Name">Name of the reward.</param>
/// <param name="Weight">Its weight in the sum.</param>
/// <param name="Value">Its value, 0 to 1.</param>
/// <param name="Reason">Why it is not more.</param>
public sealed record RewardPart(string Name, double Weight, double Value, string Reason)
{
    /// <summary>What went wrong where the reward threw, hung, gave no number or
    /// differed from one call to the next; null for most.</summary>
    public string? Fault { get; init; }

    /// <summary>The parts of a composed reward, raw; empty for a plain one.</summary>
    public IReadOnlyList<RewardPart> Inner { get; init; } = [];
}
