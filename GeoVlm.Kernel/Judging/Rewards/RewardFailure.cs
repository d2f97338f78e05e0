using GeoVlm.Data;

namespace GeoVlm.Judging.Rewards;

/// <summary>A function of the user's did not give a reward.</summary>
/// <param name="reward">The reward's name.</param>
/// <param name="sample">What it was asked about.</param>
/// <param name="reason">What it did instead, for those who say the rest themselves.</param>
/// <param name="inner">What it threw; null when it returned.</param>
internal sealed class RewardFailure(string reward, Sample sample, string reason, Exception? inner = null)
    : GeoVlmException($"Reward '{reward}' failed on sample '{sample.Id}' ({sample.Task}): {reason}.", inner!)
{
    /// <summary>What the function did.</summary>
    public string Reason => reason;
}
