using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Counts;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>How the predicted area agrees with the changed area, pixel by pixel; both empty scores 1.</summary>
/// <remarks>A negative kappa, worse than chance, scores 0. Where neither has a pixel without change kappa is 0/0: then the share that
/// agrees is paid.</remarks>
public sealed class ChangeAgreementReward : IReward
{
    private readonly Func<BinaryCounts, double?> value;

    private ChangeAgreementReward(string name, string summary, Func<BinaryCounts, double?> value) =>
        (Name, Summary, this.value) = (name, summary, value);

    /// <summary>F1 over pixels.</summary>
    public static ChangeAgreementReward F1 { get; } = new("change-f1", "F1 of the predicted against the changed area, 0 to 1", c => c.F1);

    /// <summary>Cohen's kappa over pixels.</summary>
    public static ChangeAgreementReward Kappa { get; } =
        new("change-kappa", "Cohen's kappa of the predicted and the changed area, from 0", c => c.Kappa ?? c.Accuracy);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task == EoTask.ChangeDetection;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.ChangeMask(sample, Name);
        if (References.Painted(completion, reference) is not { } painted)
            return RewardScore.Unreadable(completion);
        var counts = BinaryCounts.Between(painted, reference);
        return new(
            counts.IsDefined ? Math.Clamp(value(counts) ?? 0, 0, 1) : 1,
            $"{Counted.Of(counts.TruePositives, "changed pixel")} hit, {Counted.Of(counts.FalsePositives, "false alarm")}, {counts.FalseNegatives} missed"
        );
    }
}
