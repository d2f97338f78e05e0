using System.Text.Json;
using System.Text.RegularExpressions;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;

namespace GeoVlm.Workbench.Exporting;

/// <summary>The curves of a job on a cluster: from <c>trainer_state.json</c> of transformers'
/// Trainer (TRL, ms-swift), or from the lines of verl's file logger.</summary>
/// <remarks>A number that the trainer does not log is 0, or null where a step may lack it. Keys: TRL, trainer/grpo_trainer.py; verl,
/// trainer/ppo/metric_utils.py and utils/tracking.py (<c>{"step": 1, "data": {…}}</c>).</remarks>
internal static partial class TrainerLog
{
    /// <summary>The steps that the log below a folder holds; none where there is no log.</summary>
    /// <param name="output">Where the job's output lies. Untrusted.</param>
    /// <exception cref="GeoVlmException">A log is damaged.</exception>
    public static IReadOnlyList<StepRecord> Read(string output)
    {
        if (Last(output, "trainer_state.json") is { } state)
            return Steps(
                state,
                text => text.GetProperty("log_history").EnumerateArray().Where(e => e.TryGetProperty("reward", out _)),
                TrainerStep
            );
        return Last(output, "metrics.jsonl") is { } lines
            ? Steps(
                lines,
                text => text.EnumerateArray().Where(e => e.GetProperty("data").TryGetProperty("critic/rewards/mean", out _)),
                VerlStep
            )
            : [];
    }

    private static string? Last(string output, string name) =>
        Directory
            .EnumerateFiles(output, name, SearchOption.AllDirectories)
            .OrderBy(f => FetchedRun.StepOf(Path.GetDirectoryName(f)!))
            .ThenBy(f => f, StringComparer.Ordinal)
            .LastOrDefault();

    private static List<StepRecord> Steps(
        string file,
        Func<JsonElement, IEnumerable<JsonElement>> entries,
        Func<JsonElement, StepRecord> step
    )
    {
        try
        {
            string text = File.ReadAllText(file);
            if (file.EndsWith(".jsonl", StringComparison.Ordinal))
                text = $"[{string.Join(',', Whole(text))}]";
            // Python writes what is not finite in a way that JSON has no word for.
            using var json = JsonDocument.Parse(NotFinite().Replace(text, "null"));
            return [.. entries(json.RootElement).Select(step).DistinctBy(s => s.Step).OrderBy(s => s.Step)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new GeoVlmException($"{file} is not the log of a trainer: {e.Message}", e);
        }
    }

    // The last line of a job that was stopped may be half a line.
    private static IEnumerable<string> Whole(string text) =>
        text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static double? Maybe(JsonElement entry, string key) =>
        entry.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static StepRecord TrainerStep(JsonElement entry)
    {
        double Get(string key) => Maybe(entry, key) ?? 0;
        return new StepRecord
        {
            Step = entry.GetProperty("step").GetInt32(),
            Reward = Get("reward"),
            RewardStd = Get("reward_std"),
            FracRewardZeroStd = Get("frac_reward_zero_std"),
            Rewards = entry
                .EnumerateObject()
                .Where(p => PartMean().IsMatch(p.Name) && p.Value.ValueKind == JsonValueKind.Number)
                .ToDictionary(p => PartMean().Match(p.Name).Groups[1].Value, p => p.Value.GetDouble()),
            Kl = Maybe(entry, "kl"),
            Entropy = Get("entropy"),
            Loss = Get("loss"),
            GradNorm = Get("grad_norm"),
            LearningRate = Get("learning_rate"),
            ClipRatio = Get("clip_ratio/region_mean"),
            ClipRatioLow = Get("clip_ratio/low_mean"),
            ClipRatioHigh = Get("clip_ratio/high_mean"),
            MaxLogProbDifference = 0,
            MeanLength = Get("completions/mean_length"),
            LengthClippedRatio = Get("completions/clipped_ratio"),
            Tokens = 0,
            UpdateSeconds = Get("step_time"),
            Sampling = Maybe(entry, "sampling/importance_sampling_ratio/mean") is not { } ratio
                ? null
                : new SamplerMismatch(
                    Get("sampling/sampling_logp_difference/mean"),
                    Get("sampling/sampling_logp_difference/max"),
                    Get("sampling/importance_sampling_ratio/min"),
                    ratio,
                    Get("sampling/importance_sampling_ratio/max"),
                    0,
                    0
                ),
        };
    }

    private static StepRecord VerlStep(JsonElement line)
    {
        var data = line.GetProperty("data");
        double Get(string key) => Maybe(data, key) ?? 0;
        return new StepRecord
        {
            Step = line.GetProperty("step").GetInt32(),
            Reward = Get("critic/rewards/mean"),
            RewardStd = 0,
            FracRewardZeroStd = 0,
            Rewards = new Dictionary<string, double>(),
            Kl = Maybe(data, "actor/kl_loss"),
            Entropy = Get("actor/entropy"),
            Loss = Get("actor/pg_loss"),
            GradNorm = Get("actor/grad_norm"),
            LearningRate = Get("actor/lr"),
            ClipRatio = Get("actor/pg_clipfrac"),
            MaxLogProbDifference = 0,
            MeanLength = Get("response_length/mean"),
            LengthClippedRatio = Get("response_length/clip_ratio"),
            Tokens = (int)Math.Clamp(Get("perf/total_num_tokens"), 0, int.MaxValue),
            UpdateSeconds = Get("perf/time_per_step"),
            Sampling = Maybe(data, "rollout_corr/rollout_is_mean") is not { } ratio
                ? null
                : new SamplerMismatch(
                    0,
                    0,
                    Get("rollout_corr/rollout_is_min"),
                    ratio,
                    Get("rollout_corr/rollout_is_max"),
                    Get("rollout_corr/rollout_is_ratio_fraction_high"),
                    0
                ),
        };
    }

    [GeneratedRegex(@"(?<=[:\[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])")]
    private static partial Regex NotFinite();

    [GeneratedRegex("^rewards/(.+)/mean$")]
    private static partial Regex PartMean();
}
