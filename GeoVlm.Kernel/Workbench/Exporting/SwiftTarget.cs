using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Models;

namespace GeoVlm.Workbench.Exporting;

/// <summary>ModelScope's ms-swift.</summary>
internal sealed class SwiftTarget : ITrainerTarget
{
    public string Name => "ms-swift";

    public string Source =>
        "ms-swift, commit 3602360 (2026-08-22): swift/arguments (rlhf_args.py, tuner_args.py, base_args), swift/rlhf_trainers/args_mixin.py, Command-line-parameters.md";

    public IReadOnlyList<TranslatedOption> Translate(GrpoConfig c) =>
        TransformersOptions
            .Of(c)
            .Is(
                "Train",
                ("freeze_llm", !c.Train.HasFlag(TrainedParts.Language)),
                ("freeze_aligner", !c.Train.HasFlag(TrainedParts.Merger)),
                ("freeze_vit", !c.Train.HasFlag(TrainedParts.Vision))
            )
            .Add(
                c.Loss is "grpo" or "bnpo" or "dr_grpo" or "dapo" or "cispo" or "sapo"
                    ? new("Loss", c.Loss, [("loss_type", c.Loss)])
                    : new("Loss", c.Loss, [("loss_type", "grpo")], $"ms-swift has no '{c.Loss}'; GRPO's loss stands in")
            )
            .Add(
                c.Advantage switch
                {
                    "group" or "batch" or "gdpo" => new(
                        "Advantage",
                        c.Advantage,
                        [("advantage_estimator", "grpo"), ("scale_rewards", c.Advantage)],
                        c.Advantage == "gdpo"
                            ? "acts only on several reward functions; the plugin here sums the parts, so split it by parts"
                            : ""
                    ),
                    "mean" => new("Advantage", c.Advantage, [("advantage_estimator", "grpo"), ("scale_rewards", "none")]),
                    _ => new("Advantage", c.Advantage, [("advantage_estimator", "rloo"), ("kl_in_reward", "false")]),
                }
            )
            .Lacks("Kl", c.Kl == KlEstimator.K3 || c.Beta == 0, "ms-swift always estimates by k3")
            .Lacks("WeighKlByRatio", !c.WeighKlByRatio, "ms-swift does not weigh the KL penalty by the ratio")
            .Optional("OffPolicyThreshold", "off_policy_sequence_mask_delta", c.OffPolicyThreshold)
            .Nearly(
                "Order",
                c.Order == PromptOrdering.Shuffled ? "" : "ms-swift shuffles or keeps the file's order; the file is not sorted for it",
                ("dataset_shuffle", c.Order == PromptOrdering.Shuffled)
            )
            .Is(
                "Resamples",
                [
                    ("dynamic_sample", c.Resamples > 0),
                    .. c.Resamples > 0 ? [("max_resample_times", (object)c.Resamples)] : Array.Empty<(string, object)>(),
                ]
            )
            .Is("MaskTruncated", ("overlong_filter", c.MaskTruncated))
            .Nearly(
                "SamplerCorrection",
                c.SamplerCorrection is SamplerCorrectionMode.SequenceTruncate or SamplerCorrectionMode.SequenceMask
                    ? "ms-swift takes the mean of a completion's log ratios, not their sum"
                    : "",
                [.. TransformersOptions.Mode(c, "rollout_importance_sampling_mode")]
            )
            .Is("SamplerCap", ("rollout_importance_sampling_threshold", c.SamplerCap))
            .Options;

    public Task WriteDataset(Stream stream, IReadOnlyList<ExportRow> rows) =>
        ExportTables.Write(stream, rows.Select(r => new SwiftRow(r) { messages = ExportTables.Turns(r, placeholders: true) }));

    public IReadOnlyDictionary<string, string> Files(ExportJob job, IReadOnlyList<(string Name, string Value)> options) =>
        new Dictionary<string, string>
        {
            ["config.yaml"] = ExportTexts.Yaml([
                ("rlhf_type", "grpo"),
                ("model", job.Model),
                ("dataset", "train.parquet"),
                ("external_plugins", "geovlm_rewards.py"),
                ("reward_funcs", "geovlm"),
                .. options,
                ("tuner_type", job.Lora is null ? "full" : "lora"),
                .. job.Lora is { } lora
                    ?
                    [
                        ("lora_rank", lora.Rank.ToString()),
                        ("lora_alpha", ExportTexts.Number(lora.Alpha)),
                        ("lora_dropout", ExportTexts.Number(lora.Dropout)),
                        ("use_rslora", lora.RankStabilized ? "true" : "false"),
                    ]
                    : Array.Empty<(string, string)>(),
                ("torch_dtype", "bfloat16"),
                ("use_vllm", "true"),
                ("vllm_mode", "colocate"),
                ("max_pixels", job.Preprocessor.MaxPixels.ToString()),
                ("remove_unused_columns", "false"),
                ("output_dir", "output"),
                ("logging_steps", "1"),
                ("log_completions", "true"),
            ]),
            ["geovlm_rewards.py"] =
                ExportTexts.RewardClient(job)
                + """

                    from swift.rewards import ORM, orms

                    class GeoVlmReward(ORM):
                        def __call__(self, completions, **columns):
                            return [0.0 if r is None else r for r in score(completions, columns)]

                    orms["geovlm"] = GeoVlmReward
                    """
                + "\n",
        };

    public string Launch(ExportJob job) =>
        $"NPROC_PER_NODE={job.GpusPerNode} MAX_PIXELS={job.Preprocessor.MaxPixels} swift rlhf config.yaml";
}
