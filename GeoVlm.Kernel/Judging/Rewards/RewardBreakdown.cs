namespace GeoVlm.Judging.Rewards;

/// <summary>The total reward of a completion, with every part that went into it.</summary>
/// <param name="Total">Sum of weight × value over the parts.</param>
/// <param name="Parts">The parts, in the order of the rubric.</param>
public sealed record RewardBreakdown(double Total, IReadOnlyList<RewardPart> Parts);

/// <summary>One weighted part of a reward.</summary>
/// <param name="Name">Name of the reward.</param>
/// <param name="Weight">Its weight in the sum.</param>
/// <param name="Value">Its value, 0 to 1.</param>
/// <param name="Reason">Why it is not more.</param>
public sealed record RewardPart(string Name, double Weight, double Value, string Reason);
