using System.Text.Json.Serialization;
using GeoVlm.Learning.Losses;

namespace GeoVlm.Learning;

/// <summary>What one GRPO step did. Written as one JSON line with TRL's log keys, so
/// that curves can be laid beside published runs.</summary>
public sealed record StepRecord
{
    /// <summary>The step, from 1.</summary>
    [JsonPropertyName("step")]
    public required int Step { get; init; }

    /// <summary>Mean total reward over all rollouts of the step.</summary>
    [JsonPropertyName("reward")]
    public required double Reward { get; init; }

    /// <summary>Mean over groups of the standard deviation of reward within the group.</summary>
    [JsonPropertyName("reward_std")]
    public required double RewardStd { get; init; }

    /// <summary>Share of groups whose rewards are all equal: they teach nothing.</summary>
    [JsonPropertyName("frac_reward_zero_std")]
    public required double FracRewardZeroStd { get; init; }

    /// <summary>Mean value of each reward part, before its weight.</summary>
    [JsonPropertyName("rewards")]
    public required IReadOnlyDictionary<string, double> Rewards { get; init; }

    /// <summary>Mean k3 estimate of KL(policy ‖ reference) per token, in nats; null without a reference policy.</summary>
    [JsonPropertyName("kl")]
    public double? Kl { get; init; }

    /// <summary>Mean entropy of the next-token distribution over completion tokens, in nats.</summary>
    [JsonPropertyName("entropy")]
    public required double Entropy { get; init; }

    /// <summary>The loss.</summary>
    [JsonPropertyName("loss")]
    public required double Loss { get; init; }

    /// <summary>Norm of the gradient before clipping.</summary>
    [JsonPropertyName("grad_norm")]
    public required double GradNorm { get; init; }

    /// <summary>Share of tokens whose gradient the clip range took.</summary>
    [JsonPropertyName("clip_ratio/region_mean")]
    public required double ClipRatio { get; init; }

    /// <summary>Share of tokens clipped because their probability fell too far.</summary>
    [JsonPropertyName("clip_ratio/low_mean")]
    public double ClipRatioLow { get; init; }

    /// <summary>Share of tokens clipped because their probability rose too far.</summary>
    [JsonPropertyName("clip_ratio/high_mean")]
    public double ClipRatioHigh { get; init; }

    /// <summary>Smallest importance ratio ρ of the last update on the batch; 1 on-policy.</summary>
    [JsonPropertyName("ratio/min")]
    public double MinRatio { get; init; }

    /// <summary>Largest importance ratio ρ of the last update on the batch; 1 on-policy.</summary>
    [JsonPropertyName("ratio/max")]
    public double MaxRatio { get; init; }

    /// <summary>Largest |log ρ| over tokens before the first update on the batch: 0 when sampling and learning agree.</summary>
    [JsonPropertyName("sampling/max_logp_difference")]
    public required double MaxLogProbDifference { get; init; }

    /// <summary>How far a server that samples is from the trainer; null where the policy itself samples.</summary>
    [JsonPropertyName("sampling"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SamplerMismatch? Sampling { get; init; }

    /// <summary>Mean tokens per completion.</summary>
    [JsonPropertyName("completions/mean_length")]
    public required double MeanLength { get; init; }

    /// <summary>Share of completions that the length limit cut.</summary>
    [JsonPropertyName("completions/clipped_ratio")]
    public required double LengthClippedRatio { get; init; }

    /// <summary>Learning rate of the update.</summary>
    [JsonPropertyName("learning_rate")]
    public required double LearningRate { get; init; }

    /// <summary>Seconds spent sampling and judging. Kept apart from the step in a run
    /// folder, since no two runs take the same time.</summary>
    [JsonIgnore]
    public double RolloutSeconds { get; init; }

    /// <summary>Seconds spent on forward, backward and optimizer; kept apart like <see cref="RolloutSeconds"/>.</summary>
    [JsonIgnore]
    public double UpdateSeconds { get; init; }

    /// <summary>Completion tokens of the step.</summary>
    [JsonPropertyName("num_tokens")]
    public required int Tokens { get; init; }
}
