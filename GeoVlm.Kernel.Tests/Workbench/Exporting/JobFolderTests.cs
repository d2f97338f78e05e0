using System.Diagnostics;
using System.Text.Json;
using DuckDB.NET.Data;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Tests.Models;
using GeoVlm.Workbench.Exporting;
using GeoVlm.Workbench.Serving;
using Parquet.Serialization;

namespace GeoVlm.Tests.Workbench.Exporting;

public sealed class JobFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // As the sources that each target names have them.
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["trl"] = (
            "max_steps gradient_accumulation_steps num_generations max_completion_length temperature learning_rate warmup_steps epsilon epsilon_high beta num_iterations max_grad_norm "
            + "gradient_checkpointing loss_type scale_rewards multi_objective_aggregation importance_sampling_level delta use_bias_correction_kl off_policy_mask_threshold lr_scheduler_type weight_decay "
            + "shuffle_dataset mask_truncated_completions per_device_train_batch_size sync_ref_model ref_model_sync_steps ref_model_mixup_alpha seed "
            + "vllm_importance_sampling_correction vllm_importance_sampling_mode vllm_importance_sampling_clip_max"
        ).Split(' '),
        ["ms-swift"] = (
            "max_steps gradient_accumulation_steps num_generations max_completion_length temperature learning_rate warmup_steps epsilon epsilon_high beta num_iterations max_grad_norm freeze_llm "
            + "freeze_aligner freeze_vit gradient_checkpointing loss_type advantage_estimator scale_rewards kl_in_reward importance_sampling_level delta off_policy_sequence_mask_delta lr_scheduler_type "
            + "weight_decay dataset_shuffle dynamic_sample max_resample_times overlong_filter per_device_train_batch_size sync_ref_model ref_model_sync_steps ref_model_mixup_alpha seed "
            + "rollout_importance_sampling_mode rollout_importance_sampling_threshold"
        ).Split(' '),
        ["verl"] = (
            "trainer.total_training_steps data.train_batch_size data.max_response_length data.shuffle data.seed algorithm.adv_estimator algorithm.norm_adv_by_std_in_grpo "
            + "actor_rollout_ref.model.enable_gradient_checkpointing actor_rollout_ref.rollout.n actor_rollout_ref.rollout.temperature actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu "
            + "actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu actor_rollout_ref.rollout.calculate_log_probs algorithm.rollout_correction.rollout_is algorithm.rollout_correction.rollout_is_threshold "
            + "algorithm.filter_groups.enable algorithm.filter_groups.metric data.train_files data.val_files data.image_key data.max_prompt_length data.truncation actor_rollout_ref.model.path "
            + "actor_rollout_ref.rollout.name actor_rollout_ref.rollout.tensor_model_parallel_size reward.custom_reward_function.path reward.custom_reward_function.name "
            + "algorithm.use_kl_in_reward trainer.val_before_train trainer.n_gpus_per_node trainer.nnodes trainer.critic_warmup trainer.logger trainer.project_name trainer.experiment_name "
            + "trainer.save_freq trainer.default_local_dir actor_rollout_ref.model.lora_rank actor_rollout_ref.model.lora_alpha actor_rollout_ref.model.target_modules "
            + "actor_rollout_ref.rollout.load_format "
            + string.Join(
                ' ',
                "ppo_mini_batch_size optim.lr optim.lr_warmup_steps optim.lr_scheduler_type optim.weight_decay clip_ratio_low clip_ratio_high clip_ratio_c use_kl_loss kl_loss_coef kl_loss_type ppo_epochs grad_clip "
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Concat(
                        "freeze_vision_tower policy_loss.loss_mode loss_agg_mode loss_scale_factor ppo_micro_batch_size_per_gpu data_loader_seed".Split(
                            ' '
                        )
                    )
                    .Select(n => "actor_rollout_ref.actor." + n)
            )
        ).Split(' '),
    };

    private static readonly GrpoConfig Odd = new()
    {
        Loss = "vespo",
        Advantage = "rloo",
        RatioLimit = 4,
        Kl = KlEstimator.K1,
        WeighKlByRatio = true,
        OffPolicyThreshold = 2,
        Schedule = "polynomial",
        Order = PromptOrdering.Successive,
        Resamples = 2,
        MaskTruncated = true,
        GroupsPerMicroBatch = 2,
        SyncReferenceEvery = 10,
        Train = TrainedParts.Merger,
        Beta = 0.1,
        SamplerCorrection = SamplerCorrectionMode.SequenceMask,
    };

    public static TheoryData<string> Targets => [.. TrainerTargetCatalogue.All.Select(t => t.Name)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_option_is_translated_or_said_to_be_lost(string name)
    {
        var target = TrainerTargetCatalogue.Find(name);
        string[] ours = [.. typeof(GrpoConfig).GetProperties().Where(p => p.GetMethod!.IsPublic).Select(p => p.Name).Order()];
        foreach (var config in GrpoPresets.All.Select(p => p.Config).Append(Odd))
        {
            var options = target.Translate(config);
            Assert.Equal(ours, options.Select(o => o.Ours).Order());
            Assert.Empty(options.SelectMany(o => o.Theirs).Select(t => t.Name).Except(Known[name]));
        }
        Assert.All(target.Translate(GrpoPresets.Find("vlm-r1").Config), o => Assert.True(o.IsTranslated, $"{o.Ours}: {o.Note}"));
        var lost = target.Translate(Odd).Where(o => o.Note.Length > 0).ToList();
        Assert.Equal(name == "verl" ? "'1e-9_2'" : "2", target.Translate(Odd).Single(o => o.Ours == "SamplerCap").Theirs.Single().Value);
        Assert.Contains(lost, o => o.Ours == "Loss" || name == "trl");
        Assert.Contains(lost, o => o.Ours == "Order");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_folder_is_complete(string name)
    {
        var target = TrainerTargetCatalogue.Find(name);
        JobFolder.Write(folder, target, Job() with { Lora = LoraConfig.Parse("r=8") }, Cancel);
        string[] files = [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!)];
        foreach (string file in (string[])["train.parquet", "geovlm_rewards.py", "launch.sh", "README.md"])
            Assert.Contains(file, files);
        string config = File.ReadAllText(Path.Combine(folder, files.Single(f => f is "config.yaml" or "overrides.txt")));
        Assert.Matches(name == "verl" ? @"optim\.lr=1E-06" : @"learning_rate: 0\.000001", config);
        Assert.Equal(1, config.Split('\n').Count(l => l.Split('=', ':')[0] is "seed" or "data.seed"));
        if (name == "verl") // all of it are options of verl
            Assert.Empty(config.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=')[0]).Except(Known[name]));
    }

    [Fact]
    public async Task The_dataset_reads_back_and_its_samples_can_be_rewarded()
    {
        var job = Job();
        JobFolder.Write(folder, new TrlTarget(), job, Cancel);
        await using var stream = File.OpenRead(Path.Combine(folder, "train.parquet"));
        var rows = (await ParquetSerializer.DeserializeAsync<TrlRow>(stream, cancellationToken: Cancel)).Data;
        Assert.Equal(job.Samples.Select(s => s.Id), rows.Select(r => r.id));
        Assert.Equal(
            job.Samples[0].Images[0].Load().Pixels,
            GeoVlm.Data.Imagery.ImageDecoder.Decode(rows[0].images[0].bytes, "row").Pixels
        );
        Assert.Equal(job.PromptOf(job.Samples[0]), rows[0].prompt[0].content);

        // The true answer, written in the pixels of the resized picture, earns (nearly: whole pixels) all there is.
        foreach (var sample in job.Samples)
        {
            var (width, height) = job.Preprocessor.ResizedSize(sample.Images[^1].Width, sample.Images[^1].Height);
            string completion = ResponseFormat.Wrap(
                "because",
                AnswerText.Write(sample.Reference, GeoVlm.Data.Geometry.CoordinateFrame.Model(width, height))
            );
            string request = JsonSerializer.Serialize(
                new
                {
                    completions = new[] { completion },
                    samples = new[] { JsonSerializer.Deserialize<JsonElement>(ExportRow.Of(sample, job).ToJson()) },
                }
            );
            var outcome = Assert.Single(RewardBatch.Read(JsonDocument.Parse(request).RootElement, new ServedRewards([])).Score(Cancel));
            Assert.Null(outcome.Problem);
            Assert.True(outcome.Reward!.Parts[0].Value > 0.85, $"{sample.Task}: {outcome.Reward.Parts[0]}");
        }
    }

    /// <summary>By an implementation of Parquet other than the one that wrote it, wherever the tests run.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void DuckDB_reads_the_dataset_back(string name)
    {
        var job = Job();
        JobFolder.Write(folder, TrainerTargetCatalogue.Find(name), job, Cancel);
        string file = Path.Combine(folder, "train.parquet");
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        object Ask(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar()!;
        }
        string turns = (string)Ask($"SELECT column_name FROM (DESCRIBE FROM '{file}') WHERE column_name IN ('prompt', 'messages')");
        Assert.Equal(
            $"{job.Samples.Count} 89504E47 user",
            Ask(
                $"SELECT concat(count(*), ' ', min(left(hex(images[1].bytes), 8)), ' ', min({turns}[1].role)) FROM '{file}' WHERE {turns}[1].role = 'user'"
            )
        );
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Python_reads_the_dataset_back(string name)
    {
        var job = Job();
        JobFolder.Write(folder, TrainerTargetCatalogue.Find(name), job, Cancel);
        const string script =
            "import sys, pyarrow.parquet as p; t = p.read_table(sys.argv[1]); r = t.to_pylist()[0]; print(t.num_rows, r['images'][0]['bytes'][:4].hex(), (r.get('prompt') or r['messages'])[0]['role'])";
        using var python = Process.Start(
            new ProcessStartInfo("python3", ["-c", script, Path.Combine(folder, "train.parquet")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        string told = python.StandardOutput.ReadToEnd(),
            problem = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.SkipWhen(
            problem.Contains("No module named 'pyarrow'", StringComparison.Ordinal),
            "pyarrow is not installed (Debian: python3-pyarrow, or pip)"
        );
        Assert.Equal($"{job.Samples.Count} 89504e47 user", told.Trim() + problem);
    }

    [Fact]
    public void Nothing_to_train_on_is_said() =>
        Assert.Throws<GeoVlmException>(() => JobFolder.Write(folder, new VerlTarget(), Job() with { Samples = [] }, Cancel));

    private static ExportJob Job() =>
        new(
            "test",
            TinyPolicy.Samples(8, EoTask.ReferredDetection, EoTask.SceneClassification, EoTask.ImageCaption),
            GrpoPresets.Find("vlm-r1").Config,
            "Qwen/Qwen2.5-VL-3B-Instruct"
        )
        {
            Preprocessor = new ImagePreprocessor { MaxPixels = 602112 },
        };
}
