using System.Text.Json;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Models;
using GeoVlm.Models.Lora;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Hugging Face TRL's GRPOTrainer.</summary>
internal sealed class TrlTarget : ITrainerTarget
{
    public string Name => "trl";

    public string Source =>
        "TRL 1.10.0.dev0, commit f2cd577 (2026-07-24): trl/trainer/grpo_config.py, trl/trainer/grpo_trainer.py; TrainingArguments of transformers";

    public IReadOnlyList<TranslatedOption> Translate(GrpoConfig c) =>
        TransformersOptions
            .Of(c)
            .Lacks("Train", c.Train == TrainedParts.All, "GRPOConfig freezes nothing; train.py does it")
            .Is("Loss", ("loss_type", c.Loss))
            .Add(Advantage(c))
            .Lacks("Kl", c.Kl == KlEstimator.K3 || c.Beta == 0, "TRL always estimates by k3")
            .Is("WeighKlByRatio", ("use_bias_correction_kl", c.WeighKlByRatio))
            .Optional("OffPolicyThreshold", "off_policy_mask_threshold", c.OffPolicyThreshold)
            .Nearly(
                "Order",
                c.Order == PromptOrdering.Shuffled ? "" : "TRL shuffles or keeps the file's order; the file is not sorted for it",
                ("shuffle_dataset", c.Order == PromptOrdering.Shuffled)
            )
            .Lacks("Resamples", c.Resamples == 0, "TRL does not replace groups of equal rewards")
            .Is("MaskTruncated", ("mask_truncated_completions", c.MaskTruncated))
            .Is(
                "SamplerCorrection",
                [
                    ("vllm_importance_sampling_correction", c.SamplerCorrection != SamplerCorrectionMode.None),
                    .. TransformersOptions.Mode(c, "vllm_importance_sampling_mode"),
                ]
            )
            .Is("SamplerCap", ("vllm_importance_sampling_clip_max", c.SamplerCap))
            .Options;

    public Task WriteDataset(Stream stream, IReadOnlyList<ExportRow> rows) =>
        ExportTables.Write(stream, rows.Select(r => new TrlRow(r) { prompt = ExportTables.Turns(r, placeholders: false) }));

    public IReadOnlyDictionary<string, string> Files(ExportJob job, IReadOnlyList<(string Name, string Value)> options) =>
        new Dictionary<string, string>
        {
            ["config.yaml"] = ExportTexts.Yaml([
                .. options,
                ("bf16", "true"),
                ("use_vllm", "true"),
                ("vllm_mode", "colocate"),
                ("output_dir", "output"),
                ("logging_steps", "1"),
                ("log_completions", "true"),
                ("remove_unused_columns", "false"),
                ("report_to", "none"),
            ]),
            ["geovlm_rewards.py"] =
                ExportTexts.RewardClient(job)
                + """

                    def geovlm_reward(completions, **columns):
                        return score(completions, columns)  # None leaves a completion out
                    """
                + "\n",
            ["train.py"] = string.Join("\n", Script(job)) + "\n",
        };

    public string Launch(ExportJob job) => $"accelerate launch --num_processes {job.GpusPerNode} train.py";

    private static TranslatedOption Advantage(GrpoConfig c) =>
        c.Advantage switch
        {
            "group" or "batch" => new("Advantage", c.Advantage, [("scale_rewards", c.Advantage)]),
            "mean" => new("Advantage", c.Advantage, [("scale_rewards", "none")]),
            "gdpo" => new(
                "Advantage",
                c.Advantage,
                [("multi_objective_aggregation", "normalize_then_sum")],
                "acts only on several reward functions; the client here sums the parts, so split it by parts"
            ),
            _ => new("Advantage", c.Advantage, [], "GRPOTrainer has no leave-one-out advantage; RLOOTrainer does"),
        };

    private static IEnumerable<string> Script(ExportJob job)
    {
        yield return "import yaml";
        yield return "from datasets import Image, List, load_dataset";
        if (job.Lora is not null)
            yield return "from peft import LoraConfig";
        yield return "from trl import GRPOConfig, GRPOTrainer";
        yield return "";
        yield return "from geovlm_rewards import geovlm_reward";
        yield return "";
        yield return "dataset = load_dataset(\"parquet\", data_files=\"train.parquet\", split=\"train\").cast_column(\"images\", List(Image()))";
        yield return "trainer = GRPOTrainer(";
        yield return $"    model={JsonSerializer.Serialize(job.Model)},";
        yield return "    args=GRPOConfig(**yaml.safe_load(open(\"config.yaml\"))),";
        yield return "    reward_funcs=geovlm_reward,";
        yield return "    train_dataset=dataset,";
        if (job.Lora is { } lora)
            yield return $"    peft_config=LoraConfig(r={lora.Rank}, lora_alpha={ExportTexts.Number(lora.Alpha)}, lora_dropout={ExportTexts.Number(lora.Dropout)}, "
                + $"use_rslora={Python(lora.RankStabilized)}, target_modules={Targets(lora.Targets)}),";
        yield return ")";
        var train = job.Config.Train;
        foreach (
            var (part, module) in ((TrainedParts, string)[])
                [(TrainedParts.Vision, "visual"), (TrainedParts.Merger, "visual.merger"), (TrainedParts.Language, "language_model")]
        )
            if (job.Lora is null && train != TrainedParts.All)
                yield return $"trainer.model.model.{module}.requires_grad_({Python(train.HasFlag(part))})";
        yield return $"trainer.processing_class.image_processor.min_pixels = {job.Preprocessor.MinPixels}";
        yield return $"trainer.processing_class.image_processor.max_pixels = {job.Preprocessor.MaxPixels}";
        yield return "trainer.train()";
        yield return "trainer.save_model(\"output/final\")";
    }

    private static string Python(bool value) => value ? "True" : "False";

    private static string Targets(LoraTargets targets) =>
        targets.Expression is { } expression ? JsonSerializer.Serialize(expression) : JsonSerializer.Serialize(targets.Names);
}
