using System.Collections.Concurrent;
using GeoVlm.Data;
using GeoVlm.Judging.Rewards;

namespace GeoVlm.Workbench.Serving;

/// <summary>The rewards that a request may name: those of the catalogue, the fitted ones fitted to the service's captions.</summary>
/// <param name="captions">Samples with captions that weigh words; empty where the service was given none.</param>
internal sealed class ServedRewards(IReadOnlyList<Sample> captions)
{
    private readonly ConcurrentDictionary<string, IReward> fitted = [];

    /// <exception cref="GeoVlmException">There is no such reward, or nothing that it could be fitted to.</exception>
    public IReward Find(string name)
    {
        if (RewardCatalogue.Find(name) is not IFittedReward reward)
            return RewardCatalogue.Find(name);
        if (captions.Count == 0)
            throw new GeoVlmException(
                $"'{name}' weighs words by the captions of a dataset: start the service with serve-rewards --captions FILE, a file of references as `score` reads them."
            );
        return fitted.GetOrAdd(name, _ => reward.Fit(captions));
    }
}
