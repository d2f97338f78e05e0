using GeoVlm.Models;

namespace GeoVlm.Generation;

/// <summary>An engine with weights of its own, such as a server: it must be given the policy's after
/// each update, and the log-probabilities of its rollouts are its own.</summary>
public interface ISeparateRolloutEngine : IRolloutEngine
{
    /// <summary>Samples from these weights from now on.</summary>
    /// <param name="policy">The policy in training.</param>
    /// <param name="step">Steps that it has taken.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="GeoVlmException">The weights cannot be handed over.</exception>
    void Follow(Policy policy, int step, CancellationToken cancellation = default);
}
