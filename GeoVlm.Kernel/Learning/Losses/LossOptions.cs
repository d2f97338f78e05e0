namespace GeoVlm.Learning.Losses;

/// <summary>Of what the importance ratio is taken.</summary>
public enum RatioLevel
{
    /// <summary>Each token has its own ratio (GRPO).</summary>
    Token,

    /// <summary>All tokens of a completion share the geometric mean of their ratios (GSPO, arXiv 2507.18071, eq. 7).</summary>
    Sequence,
}

/// <summary>What the policy losses are shaped by; the defaults are TRL's.</summary>
public sealed record LossOptions
{
    /// <summary>Clip range below 1 (ε_low), between 0 and 1.</summary>
    public double ClipLow { get; init; } = 0.2;

    /// <summary>Clip range above 1 (ε_high); for <c>cispo</c> the largest ratio itself.</summary>
    public double ClipHigh { get; init; } = 0.2;

    /// <summary>Upper bound of the unclipped ratio too (two-sided clipping, INTELLECT-2); null for none. Above 1 + ε_high.</summary>
    public double? RatioLimit { get; init; }

    /// <summary>Weight of the KL penalty (β), at least 0.</summary>
    public double Beta { get; init; }

    /// <summary>How KL(policy ‖ reference) is estimated in the penalty.</summary>
    public KlEstimator Kl { get; init; } = KlEstimator.K3;

    /// <summary>Whether the KL estimate is weighed by the importance ratio, which makes it unbiased off-policy (DeepSeek-V3.2).</summary>
    public bool WeighKlByRatio { get; init; }

    /// <summary>Of what the ratio is taken.</summary>
    public RatioLevel Ratio { get; init; } = RatioLevel.Token;

    /// <summary>Temperature of <c>sapo</c>'s soft gate where the advantage is positive.</summary>
    public double SapoTemperaturePositive { get; init; } = 1.0;

    /// <summary>Temperature of <c>sapo</c>'s soft gate elsewhere; higher fades faster.</summary>
    public double SapoTemperatureNegative { get; init; } = 1.05;

    /// <summary>Shape k and rate λ of <c>vespo</c>'s weight where the advantage is at least 0.</summary>
    public (double K, double Lambda) VespoPositive { get; init; } = (2, 3);

    /// <summary>Shape k and rate λ of <c>vespo</c>'s weight where the advantage is negative.</summary>
    public (double K, double Lambda) VespoNegative { get; init; } = (3, 2);

    /// <summary>Completions of negative advantage whose mean log ratio old/policy passes
    /// this are left out (DeepSeek-V3.2); null keeps all.</summary>
    public double? OffPolicyThreshold { get; init; }

    /// <summary>Weight of the entropy bonus; 0 for none.</summary>
    public double EntropyCoefficient { get; init; }
}
