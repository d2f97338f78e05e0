using GeoVlm.Data;

namespace GeoVlm.Judging.Rewards;

/// <summary>The rewards that have a name on the command line and in help.</summary>
public static class RewardCatalogue
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<IReward> All { get; } =
    [
        new FormatReward(),
        new BoxIoUReward(),
        new DetectionReward(),
        new DetectionF1Reward(),
        new ChangeIoUReward(),
        new ExactMatchReward(),
        new TokenF1Reward(),
        new StandardReward(),
    ];

    /// <summary>The reward of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static IReward Find(string name) => NearestName.Find(All, r => r.Name, name, "reward");
}
