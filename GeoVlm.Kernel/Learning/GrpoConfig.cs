using GeoVlm.Learning.Advantages;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Schedules;
using GeoVlm.Models;

namespace GeoVlm.Learning;

/// <summary>Options of a GRPO run; names follow TRL where it has the same option.</summary>
public sealed record GrpoConfig
{
    /// <summary>Optimizer updates of the run. At least 1.</summary>
    public int Steps { get; init; } = 40;

    /// <summary>Prompts per step. At least 1.</summary>
    public int PromptsPerStep { get; init; } = 12;

    /// <summary>Completions per prompt (G). At least 2: an advantage needs siblings.</summary>
    public int GroupSize { get; init; } = 12;

    /// <summary>Most tokens of a completion.</summary>
    public int MaxCompletionTokens { get; init; } = 40;

    /// <summary>Sampling temperature; log-probabilities are of the tempered distribution. Above 0.</summary>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Peak learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Steps of linear warm-up; constant afterwards.</summary>
    public int WarmupSteps { get; init; } = 5;

    /// <summary>Clip range below 1 (ε_low).</summary>
    public double ClipLow { get; init; } = 0.2;

    /// <summary>Clip range above 1 (ε_high).</summary>
    public double ClipHigh { get; init; } = 0.2;

    /// <summary>Weight of the KL penalty to the reference policy (β). 0 neither computes nor needs one.</summary>
    public double Beta { get; init; } = 0.02;

    /// <summary>Updates on each batch of rollouts (μ).</summary>
    public int IterationsPerBatch { get; init; } = 1;

    /// <summary>Largest norm of the gradient; longer ones are scaled down.</summary>
    public double MaxGradientNorm { get; init; } = 1.0;

    /// <summary>Parts of the model that are trained; where it has an adapter, that alone is trained whatever stands here.</summary>
    public TrainedParts Train { get; init; } = TrainedParts.All;

    /// <summary>Whether layers are computed again in the backward pass instead of being kept: about a
    /// third more time, a fraction of the memory, the same gradients.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>Name of the loss in <see cref="LossCatalogue"/>.</summary>
    public string Loss { get; init; } = "dapo";

    /// <summary>Name of the advantage in <see cref="AdvantageCatalogue"/>: how rewards become advantages.</summary>
    public string Advantage { get; init; } = "group";

    /// <summary>Of what the importance ratio is taken; <c>Sequence</c> with the loss <c>grpo</c> is GSPO.</summary>
    public RatioLevel Ratio { get; init; } = RatioLevel.Token;

    /// <summary>Upper bound of the ratio inside the minimum too (two-sided clipping); null for none. Above 1 + ε_high.</summary>
    public double? RatioLimit { get; init; }

    /// <summary>How KL(policy ‖ reference) is estimated.</summary>
    public KlEstimator Kl { get; init; } = KlEstimator.K3;

    /// <summary>Whether the KL estimate is weighed by the importance ratio.</summary>
    public bool WeighKlByRatio { get; init; }

    /// <summary>Completions of negative advantage that drifted further than this mean log ratio are left out; null keeps all.</summary>
    public double? OffPolicyThreshold { get; init; }

    /// <summary>Name of the learning-rate schedule in <see cref="LearningRateSchedule.All"/>;
    /// steps count from 1, so the first update has a rate above 0.</summary>
    public string Schedule { get; init; } = "constant_with_warmup";

    /// <summary>Weight decay of matrices.</summary>
    public double WeightDecay { get; init; }

    /// <summary>In which order prompts are asked.</summary>
    public PromptOrdering Order { get; init; } = PromptOrdering.Shuffled;

    /// <summary>How often groups whose rewards are all equal are replaced in a step (dynamic sampling); 0 keeps them.</summary>
    public int Resamples { get; init; }

    /// <summary>Whether completions that the length limit cut are left out of the loss (DAPO's overlong filter).</summary>
    public bool MaskTruncated { get; init; }

    /// <summary>Groups per forward and backward pass; null takes them all at once. It
    /// changes memory, not results beyond rounding.</summary>
    public int? GroupsPerMicroBatch { get; init; }

    /// <summary>Steps between two moves of the reference towards the policy; null keeps it frozen.</summary>
    public int? SyncReferenceEvery { get; init; }

    /// <summary>How far the reference moves each time, 0 to 1.</summary>
    public double SyncReferenceShare { get; init; } = 0.6;

    /// <summary>How the loss is weighed where a server samples, whose log-probabilities differ from
    /// the trainer's; without effect where the policy itself does.</summary>
    public SamplerCorrectionMode SamplerCorrection { get; init; } = SamplerCorrectionMode.TokenTruncate;

    /// <summary>Largest importance ratio π_trainer / π_sampler that counts in full (C of truncated importance sampling). Above 0.</summary>
    public double SamplerCap { get; init; } = 2;

    /// <summary>Seed of prompt order and sampling.</summary>
    public ulong Seed { get; init; } = 1;

    internal ScheduleOptions ScheduleOptions => new(Steps, WarmupSteps);

    internal LossOptions LossOptions =>
        new()
        {
            ClipLow = ClipLow,
            ClipHigh = ClipHigh,
            RatioLimit = RatioLimit,
            Beta = Beta,
            Kl = Kl,
            WeighKlByRatio = WeighKlByRatio,
            Ratio = Ratio,
            OffPolicyThreshold = OffPolicyThreshold,
        };

    /// <summary>Reports every problem at once, before a model is touched.</summary>
    /// <exception cref="GeoVlmException">One or more options are out of range.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        void Check(bool ok, string problem)
        {
            if (!ok)
                problems.Add(problem);
        }
        Check(Train != TrainedParts.None, "Train is None; nothing would be trained");
        Check(Steps >= 1, $"Steps is {Steps}; it must be at least 1");
        Check(PromptsPerStep >= 1, $"PromptsPerStep is {PromptsPerStep}; it must be at least 1");
        Check(GroupSize >= 2, $"GroupSize is {GroupSize}; an advantage compares siblings, so it must be at least 2");
        Check(MaxCompletionTokens >= 1, $"MaxCompletionTokens is {MaxCompletionTokens}; it must be at least 1");
        Check(Temperature > 0, $"Temperature is {Temperature}; greedy rollouts are all the same, so it must be above 0");
        Check(LearningRate > 0, $"LearningRate is {LearningRate}; it must be above 0");
        Check(WarmupSteps >= 0, $"WarmupSteps is {WarmupSteps}; it must not be negative");
        Check(ClipLow is > 0 and < 1, $"ClipLow is {ClipLow}; it must lie between 0 and 1");
        Check(ClipHigh > 0, $"ClipHigh is {ClipHigh}; it must be above 0");
        Check(Beta >= 0, $"Beta is {Beta}; it must not be negative");
        Check(IterationsPerBatch >= 1, $"IterationsPerBatch is {IterationsPerBatch}; it must be at least 1");
        Check(MaxGradientNorm > 0, $"MaxGradientNorm is {MaxGradientNorm}; it must be above 0");
        Check(
            LearningRateSchedule.All.Any(x => x.Name == Schedule),
            $"Schedule is '{Schedule}'; there are: {string.Join(", ", LearningRateSchedule.All.Select(x => x.Name))}"
        );
        Check(WeightDecay >= 0, $"WeightDecay is {WeightDecay}; it must not be negative");
        Check(Resamples is >= 0 and <= 100, $"Resamples is {Resamples}; it must be 0 to 100");
        Check(GroupsPerMicroBatch is null or >= 1, $"GroupsPerMicroBatch is {GroupsPerMicroBatch}; it must be at least 1, or null");
        Check(SyncReferenceEvery is null or >= 1, $"SyncReferenceEvery is {SyncReferenceEvery}; it must be at least 1, or null");
        Check(SyncReferenceEvery is null || Beta > 0, "SyncReferenceEvery moves a reference policy, but Beta is 0, so there is none");
        Check(SyncReferenceShare is > 0 and <= 1, $"SyncReferenceShare is {SyncReferenceShare}; it must lie between 0 and 1");
        Check(
            RatioLimit is null || RatioLimit > 1 + ClipHigh,
            $"RatioLimit is {RatioLimit}; it must lie above 1 + ClipHigh, {1 + ClipHigh}"
        );
        Check(OffPolicyThreshold is null or > 0, $"OffPolicyThreshold is {OffPolicyThreshold}; it must be above 0, or null");
        Check(SamplerCap > 0 && double.IsFinite(SamplerCap), $"SamplerCap is {SamplerCap}; it must be above 0");
        Check(
            Loss != "luspo" || (Ratio == RatioLevel.Sequence && Beta == 0),
            "Loss 'luspo' averages whole completions; it needs Ratio = Sequence and Beta = 0"
        );
        Check(
            AdvantageCatalogue.All.Any(a => a.Name == Advantage),
            $"Advantage is '{Advantage}'; there are: {string.Join(", ", AdvantageCatalogue.All.Select(a => a.Name))}"
        );
        Check(
            LossCatalogue.All.Any(l => l.Name == Loss),
            $"Loss is '{Loss}'; there are: {string.Join(", ", LossCatalogue.All.Select(l => l.Name))}"
        );
        if (problems.Count > 0)
            throw new GeoVlmException("these GRPO options cannot work:\n  " + string.Join("\n  ", problems));
    }
}
