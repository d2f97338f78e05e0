using System.Text.Json.Serialization;

namespace GeoVlm.Learning.Losses;

/// <summary>How the loss is weighed where another engine sampled the rollouts than the one that trains.</summary>
public enum SamplerCorrectionMode
{
    /// <summary>Each token by its own ratio, bounded.</summary>
    TokenTruncate,

    /// <summary>Each token by its own ratio; tokens outside the bounds do not count.</summary>
    TokenMask,

    /// <summary>Every token by the ratio of its whole completion, bounded.</summary>
    SequenceTruncate,

    /// <summary>Every token by the ratio of its whole completion; completions outside the bounds do not count.</summary>
    SequenceMask,

    /// <summary>Nothing is weighed; the mismatch is still measured.</summary>
    None,
}

/// <summary>
/// Importance weights π_trainer(token) / π_sampler(token) at sampling time. The two differ though their weights are the same, by kernels
/// and precision; uncorrected, the gradient is that of another policy.
/// </summary>
/// <param name="Weights">For each completion, a weight for each token: what <see cref="PolicyTokens.SamplerRatio"/> takes.</param>
/// <param name="Report">How large the mismatch is, for the log of the step.</param>
/// <remarks>Truncation: Ionides 2008, Yao et al. 2025; masking: IcePop. Names and keys as in TRL's vllm_importance_sampling_mode.</remarks>
public sealed record SamplerCorrection(IReadOnlyList<float[]> Weights, SamplerMismatch Report)
{
    /// <summary>Computes the weights of a step.</summary>
    /// <param name="trainer">Log-probabilities that the trainer recomputed, a list for each completion.</param>
    /// <param name="sampler">Those that the sampler reported, in the same order.</param>
    /// <param name="mode">What is weighed, and what becomes of ratios outside the bounds.</param>
    /// <param name="highest">Upper bound of the ratio, above 0.</param>
    /// <param name="lowest">Lower bound; 0 for none.</param>
    /// <exception cref="ArgumentException">The lists do not fit together, or the bounds are impossible.</exception>
    public static SamplerCorrection Of(
        IReadOnlyList<IReadOnlyList<float>> trainer,
        IReadOnlyList<IReadOnlyList<float>> sampler,
        SamplerCorrectionMode mode = SamplerCorrectionMode.SequenceMask,
        double highest = 3,
        double lowest = 0
    )
    {
        if (trainer.Count != sampler.Count || trainer.Zip(sampler).Any(p => p.First.Count != p.Second.Count))
            throw new ArgumentException("trainer and sampler must have the same completions with the same tokens", nameof(sampler));
        if (!(highest > 0) || !(lowest >= 0) || lowest > highest)
            throw new ArgumentException($"the bounds {lowest} and {highest} are impossible", nameof(highest));
        bool whole = mode is SamplerCorrectionMode.SequenceTruncate or SamplerCorrectionMode.SequenceMask,
            mask = mode is SamplerCorrectionMode.TokenMask or SamplerCorrectionMode.SequenceMask;
        var weights = new float[trainer.Count][];
        var ratios = new List<double>();
        double sum = 0,
            largest = 0;
        int tokens = 0,
            outside = 0,
            counted = 0;
        for (int c = 0; c < weights.Length; c++)
        {
            double[] difference = [.. trainer[c].Zip(sampler[c], (t, s) => (double)t - s)];
            double all = difference.Sum();
            weights[c] = new float[difference.Length];
            if (whole && difference.Length > 0)
                ratios.Add(Math.Exp(all));
            for (int t = 0; t < difference.Length; t++)
            {
                double ratio = Math.Exp(whole ? all : difference[t]);
                if (!whole)
                    ratios.Add(ratio);
                bool inside = ratio >= lowest && ratio <= highest;
                weights[c][t] = (float)(
                    mode == SamplerCorrectionMode.None ? 1
                    : inside ? ratio
                    : mask || double.IsNaN(ratio) ? 0
                    : Math.Clamp(ratio, lowest, highest)
                );
                sum += Math.Abs(difference[t]);
                largest = Math.Max(largest, Math.Abs(difference[t]));
                tokens++;
                if (!inside)
                    outside++;
                if (weights[c][t] != 0)
                    counted++;
            }
        }
        return new SamplerCorrection(
            weights,
            tokens == 0
                ? new(0, 0, 1, 1, 1, 0, 0)
                : new(
                    sum / tokens,
                    largest,
                    ratios.Min(),
                    ratios.Average(),
                    ratios.Max(),
                    (double)outside / tokens,
                    (double)counted / tokens
                )
        );
    }
}

/// <summary>How far sampler and trainer are apart in a step. Its keys are those of
/// TRL below <c>sampling/</c>, the shares are ours.</summary>
/// <param name="MeanLogProbDifference">Mean over tokens of |trainer − sampler|, in nats.</param>
/// <param name="MaxLogProbDifference">The largest.</param>
/// <param name="MinRatio">Smallest importance ratio, of tokens or completions as the mode says, before bounds.</param>
/// <param name="MeanRatio">Their mean.</param>
/// <param name="MaxRatio">Largest.</param>
/// <param name="OutsideShare">Share of tokens whose ratio lay outside the bounds: cut or masked, as the mode says.</param>
/// <param name="CountedShare">Share of tokens that still count.</param>
public sealed record SamplerMismatch(
    [property: JsonPropertyName("sampling_logp_difference/mean")] double MeanLogProbDifference,
    [property: JsonPropertyName("sampling_logp_difference/max")] double MaxLogProbDifference,
    [property: JsonPropertyName("importance_sampling_ratio/min")] double MinRatio,
    [property: JsonPropertyName("importance_sampling_ratio/mean")] double MeanRatio,
    [property: JsonPropertyName("importance_sampling_ratio/max")] double MaxRatio,
    [property: JsonPropertyName("importance_sampling_ratio/outside_share")] double OutsideShare,
    [property: JsonPropertyName("importance_sampling_ratio/counted_share")] double CountedShare
);
