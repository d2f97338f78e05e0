using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>Estimates of KL(policy ‖ reference) from one sampled token (Schulman, "Approximating KL divergence", 2020).</summary>
public enum KlEstimator
{
    /// <summary>−log r: unbiased, of high variance, may be negative.</summary>
    K1,

    /// <summary>½ (log r)²: biased, of low variance.</summary>
    K2,

    /// <summary>r − 1 − log r: unbiased, never negative; GRPO's.</summary>
    K3,
}

/// <summary>Computes the estimates.</summary>
public static class KlEstimates
{
    /// <summary>The estimate of each token, with log r = reference − policy.</summary>
    /// <param name="estimator">Which.</param>
    /// <param name="logProbs_N">[N] under the policy.</param>
    /// <param name="reference_N">[N] under the reference policy.</param>
    public static Tensor PerToken(this KlEstimator estimator, Tensor logProbs_N, Tensor reference_N)
    {
        var logRatio_N = reference_N - logProbs_N;
        return estimator switch
        {
            KlEstimator.K1 => -logRatio_N,
            KlEstimator.K2 => 0.5 * logRatio_N.square(),
            KlEstimator.K3 => logRatio_N.exp() - logRatio_N - 1,
            _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, "no such estimator"),
        };
    }
}
