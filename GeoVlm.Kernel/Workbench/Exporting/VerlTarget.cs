using System.Globalization;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Models;

namespace GeoVlm.Workbench.Exporting;

/// <summary>verl's PPO trainer with GRPO advantages.</summary>
internal sealed class VerlTarget : ITrainerTarget
{
    private const string Actor = "actor_rollout_ref.actor.";

    public string Name => "verl";

    public string Source =>
        "verl, commit 1dda039 (2026-08-22): verl/trainer/config (_generated_ppo_trainer.yaml, algorithm.py, algorithm/rollout_correction.yaml), verl/trainer/ppo/core_algos.py, "
        + "verl/trainer/ppo/v1/trainer_base.py";

    public IReadOnlyList<TranslatedOption> Translate(GrpoConfig c) =>
        new OptionTable(c)
            .Is("Steps", ("trainer.total_training_steps", c.Steps))
            .Is("PromptsPerStep", ("data.train_batch_size", c.PromptsPerStep), (Actor + "ppo_mini_batch_size", c.PromptsPerStep))
            .Is("GroupSize", ("actor_rollout_ref.rollout.n", c.GroupSize))
            .Is("MaxCompletionTokens", ("data.max_response_length", c.MaxCompletionTokens))
            .Is("Temperature", ("actor_rollout_ref.rollout.temperature", c.Temperature))
            .Is("LearningRate", (Actor + "optim.lr", c.LearningRate))
            .Is("WarmupSteps", (Actor + "optim.lr_warmup_steps", c.WarmupSteps))
            .Is("ClipLow", (Actor + "clip_ratio_low", c.ClipLow))
            .Is("ClipHigh", (Actor + "clip_ratio_high", c.ClipHigh))
            .Is("Beta", (Actor + "use_kl_loss", c.Beta > 0), (Actor + "kl_loss_coef", c.Beta))
            .Is("IterationsPerBatch", (Actor + "ppo_epochs", c.IterationsPerBatch))
            .Is("MaxGradientNorm", (Actor + "grad_clip", c.MaxGradientNorm))
            .Nearly(
                "Train",
                c.Train is TrainedParts.All or TrainedParts.Language ? "" : "only the whole vision tower can be frozen",
                (Actor + "freeze_vision_tower", !c.Train.HasFlag(TrainedParts.Vision))
            )
            .Is("GradientCheckpointing", ("actor_rollout_ref.model.enable_gradient_checkpointing", c.GradientCheckpointing))
            .Add(Loss(c))
            .Add(
                c.Advantage switch
                {
                    "group" or "mean" => new(
                        "Advantage",
                        c.Advantage,
                        [
                            ("algorithm.adv_estimator", "grpo"),
                            ("algorithm.norm_adv_by_std_in_grpo", c.Advantage == "group" ? "true" : "false"),
                        ]
                    ),
                    "rloo" => new("Advantage", c.Advantage, [("algorithm.adv_estimator", "rloo")]),
                    _ => new(
                        "Advantage",
                        c.Advantage,
                        [("algorithm.adv_estimator", "grpo")],
                        c.Advantage == "gdpo"
                            ? "verl's gdpo wants the parts one by one (algorithm.gdpo_reward_keys), the client here sums them; "
                                + "GRPO's group advantage stands in"
                            : $"verl has no '{c.Advantage}'; GRPO's group advantage stands in"
                    ),
                }
            )
            .Add(
                c.Ratio == RatioLevel.Token
                    ? new("Ratio", "Token", [])
                    : new("Ratio", "Sequence", [(Actor + "policy_loss.loss_mode", "gspo")])
            )
            .Nearly(
                "RatioLimit",
                c.RatioLimit is null
                    ? "verl always bounds the ratio of negative advantages; ours does not, so its bound is put out of reach"
                    : "",
                (Actor + "clip_ratio_c", c.RatioLimit ?? 1e6)
            )
            .Is(
                "Kl",
                (
                    Actor + "kl_loss_type",
                    c.Kl switch
                    {
                        KlEstimator.K1 => "kl",
                        KlEstimator.K2 => "mse",
                        _ => "low_var_kl",
                    }
                )
            )
            .Lacks("WeighKlByRatio", !c.WeighKlByRatio, "verl does not weigh the KL loss by the ratio")
            .Lacks("OffPolicyThreshold", c.OffPolicyThreshold is null, "verl has no off-policy sequence mask of this form")
            .Add(
                c.Schedule.StartsWith("constant", StringComparison.Ordinal) || c.Schedule == "cosine"
                    ? new("Schedule", c.Schedule, [(Actor + "optim.lr_scheduler_type", c.Schedule == "cosine" ? "cosine" : "constant")])
                    : new(
                        "Schedule",
                        c.Schedule,
                        [(Actor + "optim.lr_scheduler_type", "cosine")],
                        $"verl has constant and cosine, not '{c.Schedule}'"
                    )
            )
            .Is("WeightDecay", (Actor + "optim.weight_decay", c.WeightDecay))
            .Nearly(
                "Order",
                c.Order == PromptOrdering.Shuffled ? "" : "verl shuffles or keeps the file's order; the file is not sorted for it",
                ("data.shuffle", c.Order == PromptOrdering.Shuffled)
            )
            .Add(
                c.Resamples == 0
                    ? new("Resamples", "0", [])
                    : new(
                        "Resamples",
                        c.Resamples.ToString(CultureInfo.InvariantCulture),
                        [("algorithm.filter_groups.enable", "true"), ("algorithm.filter_groups.metric", "acc")],
                        "verl replaces groups of equal rewards until the batch is full, however often"
                    )
            )
            .Lacks("MaskTruncated", !c.MaskTruncated, "verl does not leave out completions that were cut")
            .Is(
                "GroupsPerMicroBatch",
                (Actor + "ppo_micro_batch_size_per_gpu", c.GroupSize * (c.GroupsPerMicroBatch ?? 1)),
                ("actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu", c.GroupSize * (c.GroupsPerMicroBatch ?? 1)),
                ("actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu", c.GroupSize * (c.GroupsPerMicroBatch ?? 1))
            )
            .Lacks("SyncReferenceEvery", c.SyncReferenceEvery is null, "verl keeps the reference policy")
            .Lacks("SyncReferenceShare", c.SyncReferenceEvery is null, "verl keeps the reference policy")
            .Add(
                c.SamplerCorrection == SamplerCorrectionMode.None
                    ? new("SamplerCorrection", "None", [])
                    : new(
                        "SamplerCorrection",
                        c.SamplerCorrection.ToString(),
                        [
                            (
                                "algorithm.rollout_correction.rollout_is",
                                c.SamplerCorrection is SamplerCorrectionMode.TokenTruncate or SamplerCorrectionMode.TokenMask
                                    ? "token"
                                    : "sequence"
                            ),
                            ("actor_rollout_ref.rollout.calculate_log_probs", "true"),
                        ]
                    )
            )
            // One number truncates, two mask what lies outside; the lower one must be above 0. Hydra would read 0.5_2 as 0.52.
            .Is(
                "SamplerCap",
                (
                    "algorithm.rollout_correction.rollout_is_threshold",
                    c.SamplerCorrection is SamplerCorrectionMode.TokenMask or SamplerCorrectionMode.SequenceMask
                        ? string.Create(CultureInfo.InvariantCulture, $"'1e-9_{c.SamplerCap}'")
                        : c.SamplerCap
                )
            )
            .Is("Seed", ("data.seed", c.Seed), (Actor + "data_loader_seed", c.Seed))
            .Options;

    public Task WriteDataset(Stream stream, IReadOnlyList<ExportRow> rows) =>
        ExportTables.Write(
            stream,
            rows.Select(
                (r, i) =>
                    new VerlRow
                    {
                        prompt = ExportTables.Turns(r, placeholders: true),
                        images = ExportTables.Images(r),
                        ability = r.Task,
                        reward_model = new GroundTruthCell { ground_truth = r.ToJson() },
                        extra_info = new ExtraCell { index = i },
                    }
            )
        );

    public IReadOnlyDictionary<string, string> Files(ExportJob job, IReadOnlyList<(string Name, string Value)> options)
    {
        (string, string)[] fixedOptions =
        [
            ("data.train_files", "train.parquet"),
            ("data.val_files", "train.parquet"),
            ("data.image_key", "images"),
            ("data.max_prompt_length", "2048"),
            ("data.truncation", "error"),
            ("actor_rollout_ref.model.path", job.Model),
            ("actor_rollout_ref.rollout.name", "vllm"),
            ("actor_rollout_ref.rollout.tensor_model_parallel_size", "1"),
            ("reward.custom_reward_function.path", "geovlm_rewards.py"),
            ("reward.custom_reward_function.name", "compute_score"),
            ("algorithm.use_kl_in_reward", "false"),
            ("trainer.val_before_train", "false"),
            ("trainer.n_gpus_per_node", job.GpusPerNode.ToString()),
            ("trainer.nnodes", "1"),
            ("trainer.critic_warmup", "0"),
            // The file logger writes project_name/experiment_name.jsonl, here beside the checkpoints.
            ("trainer.logger", "[console,file]"),
            ("trainer.project_name", "output"),
            ("trainer.experiment_name", "metrics"),
            ("trainer.save_freq", "50"),
            ("trainer.default_local_dir", "output"),
            .. job.Lora is { } lora
                ?
                [
                    ("actor_rollout_ref.model.lora_rank", lora.Rank.ToString()),
                    ("actor_rollout_ref.model.lora_alpha", ExportTexts.Number(lora.Alpha)),
                    ("actor_rollout_ref.model.target_modules", "all-linear"),
                    ("actor_rollout_ref.rollout.load_format", "safetensors"),
                ]
                : Array.Empty<(string, string)>(),
        ];
        return new Dictionary<string, string>
        {
            ["overrides.txt"] = string.Concat(options.Concat(fixedOptions).Select(o => $"{o.Item1}={o.Item2}\n")),
            ["geovlm_rewards.py"] =
                ExportTexts.RewardClient(job)
                + """

                    def compute_score(data_source, solution_str, ground_truth, extra_info=None, **kwargs):
                        reward = score([solution_str], {k: [v] for k, v in json.loads(ground_truth).items()})[0]
                        return 0.0 if reward is None else reward
                    """
                + "\n",
        };
    }

    public string Launch(ExportJob job) => "xargs -a overrides.txt -d '\\n' python3 -m verl.trainer.main_ppo";

    private static TranslatedOption Loss(GrpoConfig c)
    {
        const string aggregation = Actor + "loss_agg_mode",
            mode = Actor + "policy_loss.loss_mode";
        return c.Loss switch
        {
            "grpo" => new("Loss", c.Loss, [(aggregation, "seq-mean-token-mean")]),
            "dapo" or "bnpo" => new(
                "Loss",
                c.Loss,
                [(aggregation, "token-mean")],
                c.Loss == "bnpo" ? "" : "token mean over each mini-batch, not over the whole step"
            ),
            "dr_grpo" => new(
                "Loss",
                c.Loss,
                [(aggregation, "seq-mean-token-sum-norm"), (Actor + "loss_scale_factor", c.MaxCompletionTokens.ToString())]
            ),
            "sapo" or "cispo" when c.Ratio == RatioLevel.Token => new(
                "Loss",
                c.Loss,
                [(mode, c.Loss), (aggregation, c.Loss == "sapo" ? "seq-mean-token-mean" : "token-mean")]
            ),
            _ => new("Loss", c.Loss, [(aggregation, "seq-mean-token-mean")], $"verl has no '{c.Loss}'; GRPO's loss stands in"),
        };
    }
}
