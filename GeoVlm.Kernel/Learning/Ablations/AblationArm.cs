using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Learning.Ablations;

/// <summary>How a policy is trained in one cell of an ablation; factors change it one after another.</summary>
/// <param name="Config">Options of the run; its seed is set by the grid.</param>
/// <param name="RubricOf">How each sample is judged while training.</param>
public sealed record AblationArm(GrpoConfig Config, Func<Sample, Rubric> RubricOf)
{
    /// <summary>Only samples of this task are trained on and evaluated; all when null.</summary>
    public EoTask? Task { get; init; }

    /// <summary>What trains.</summary>
    public AblationMethod Method { get; init; }
}

/// <summary>What trains in an arm.</summary>
public enum AblationMethod
{
    /// <summary>GRPO.</summary>
    Grpo,

    /// <summary>Control: fine-tuning on the answers of the training samples, for the
    /// seconds that the GRPO arm of the same seed took.</summary>
    Sft,

    /// <summary>Control: fine-tuning on synthetic scenes with careless labels (the base
    /// policy's own), for the seconds of the GRPO arm.</summary>
    SftWeak,
}
