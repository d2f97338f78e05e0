using GeoVlm.Data;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward that must see a dataset once before it can score, such as one that weighs rare words.</summary>
public interface IFittedReward : IReward
{
    /// <summary>The reward as these samples make it; the same for the same samples.</summary>
    /// <exception cref="GeoVlmException">The samples have nothing to fit to.</exception>
    IReward Fit(IReadOnlyList<Sample> samples);

    /// <summary>A reward as these samples make it, or as it is where it needs none.</summary>
    /// <exception cref="GeoVlmException">The samples have nothing to fit to.</exception>
    static IReward Of(IReward reward, IReadOnlyList<Sample> samples) => reward is IFittedReward fitted ? fitted.Fit(samples) : reward;
}
