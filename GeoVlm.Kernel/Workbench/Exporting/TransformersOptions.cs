using GeoVlm.Learning;
using GeoVlm.Learning.Losses;

namespace GeoVlm.Workbench.Exporting;

/// <summary>What TRL and ms-swift call alike: both take over the arguments of transformers' Trainer and of TRL's GRPO.</summary>
internal static class TransformersOptions
{
    /// <summary>A table with the options that both have under one name.</summary>
    public static OptionTable Of(GrpoConfig c) =>
        new OptionTable(c)
            .Is("Steps", ("max_steps", c.Steps))
            .Nearly(
                "PromptsPerStep",
                "on one GPU; divide by the number of GPUs",
                ("gradient_accumulation_steps", Math.Max(1, c.PromptsPerStep / (c.GroupsPerMicroBatch ?? 1)))
            )
            .Is("GroupSize", ("num_generations", c.GroupSize))
            .Is("MaxCompletionTokens", ("max_completion_length", c.MaxCompletionTokens))
            .Is("Temperature", ("temperature", c.Temperature))
            .Is("LearningRate", ("learning_rate", c.LearningRate))
            .Is("WarmupSteps", ("warmup_steps", c.WarmupSteps))
            .Is("ClipLow", ("epsilon", c.ClipLow))
            .Is("ClipHigh", ("epsilon_high", c.ClipHigh))
            .Is("Beta", ("beta", c.Beta))
            .Is("IterationsPerBatch", ("num_iterations", c.IterationsPerBatch))
            .Is("MaxGradientNorm", ("max_grad_norm", c.MaxGradientNorm))
            .Is("GradientCheckpointing", ("gradient_checkpointing", c.GradientCheckpointing))
            .Is("Ratio", ("importance_sampling_level", c.Ratio == RatioLevel.Sequence ? "sequence" : "token"))
            .Optional("RatioLimit", "delta", c.RatioLimit)
            .Is("Schedule", ("lr_scheduler_type", c.Schedule))
            .Is("WeightDecay", ("weight_decay", c.WeightDecay))
            .Is("GroupsPerMicroBatch", ("per_device_train_batch_size", c.GroupSize * (c.GroupsPerMicroBatch ?? 1)))
            .Is(
                "SyncReferenceEvery",
                [
                    ("sync_ref_model", c.SyncReferenceEvery is not null),
                    .. c.SyncReferenceEvery is { } every ? [("ref_model_sync_steps", (object)every)] : Array.Empty<(string, object)>(),
                ]
            )
            .Is("SyncReferenceShare", ("ref_model_mixup_alpha", c.SyncReferenceShare))
            .Is("Seed", ("seed", c.Seed));

    /// <summary>The name both have for how the sampler's mismatch is corrected; nothing where it is not.</summary>
    /// <param name="c">Our options.</param>
    /// <param name="option">Their option.</param>
    public static IEnumerable<(string Name, object Value)> Mode(GrpoConfig c, string option) =>
        c.SamplerCorrection switch
        {
            SamplerCorrectionMode.TokenTruncate => [(option, "token_truncate")],
            SamplerCorrectionMode.TokenMask => [(option, "token_mask")],
            SamplerCorrectionMode.SequenceTruncate => [(option, "sequence_truncate")],
            SamplerCorrectionMode.SequenceMask => [(option, "sequence_mask")],
            _ => [],
        };
}
