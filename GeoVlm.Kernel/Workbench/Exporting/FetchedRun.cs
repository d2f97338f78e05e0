using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Models.Lora;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Makes a run of what a job on a cluster wrote: its options from the job folder, its curves from the trainer's log, its last
/// adapter as a checkpoint.</summary>
internal static partial class FetchedRun
{
    /// <summary>The file of a job folder that says what was asked, as a run's <c>config.json</c> does.</summary>
    public const string ManifestFile = "run.json";

    /// <summary>Makes the run.</summary>
    /// <param name="job">The job folder.</param>
    /// <param name="output">Where the job's output lies: adapters of PEFT at any depth, and <c>trainer_state.json</c> where the trainer
    /// writes one (TRL, ms-swift). Untrusted.</param>
    /// <param name="path">The new run.</param>
    /// <param name="origin">Where it was trained, for the record.</param>
    /// <returns>The run; without steps where there is no log.</returns>
    /// <exception cref="GeoVlmException">There is no adapter, a file is damaged, or the folder holds a run already.</exception>
    public static RunSummary Make(string job, string output, string path, string origin)
    {
        if (!Directory.Exists(output))
            throw new GeoVlmException(
                $"There is no {output}: the job wrote nothing there, or this machine does not see it. Name a folder that both share with --output."
            );
        var manifest = RunFolder.ReadJson<RunManifest>(job, ManifestFile) with { Job = origin };
        string adapter =
            Directory
                .EnumerateFiles(output, LoraConfigJson.FileName, SearchOption.AllDirectories)
                .Select(f => Path.GetDirectoryName(f)!)
                .Where(f => File.Exists(Path.Combine(f, LoraAdapter.WeightsFile)))
                .OrderBy(StepOf)
                .ThenBy(f => f, StringComparer.Ordinal)
                .LastOrDefault()
            ?? throw new GeoVlmException(
                $"{output} holds no adapter ({LoraConfigJson.FileName} with {LoraAdapter.WeightsFile}). A job without --lora trains whole weights: load those with #!geo-model."
            );
        string? log = Directory
            .EnumerateFiles(output, "trainer_state.json", SearchOption.AllDirectories)
            .OrderBy(f => StepOf(Path.GetDirectoryName(f)!))
            .ThenBy(f => f, StringComparer.Ordinal)
            .LastOrDefault();
        var steps = log is null ? [] : Steps(log);
        using (var folder = RunFolder.Create(path))
        {
            folder.WriteJson("config.json", manifest);
            folder.WriteJson(
                "environment.json",
                RunEnvironment.Now() with
                {
                    Seed = manifest.Options.Seed,
                    SamplesHash = manifest.SamplesHash,
                }
            );
            foreach (var step in steps)
                folder.Append(step, []);
            int last =
                StepOf(adapter) is var named and < int.MaxValue ? named
                : steps.Count > 0 ? steps[^1].Step
                : manifest.Options.Steps;
            string place = Path.Combine(folder.CheckpointsFolder, string.Create(CultureInfo.InvariantCulture, $"step-{last}")),
                beside = place + Checkpoint.Unfinished;
            try
            {
                Directory.CreateDirectory(beside);
                foreach (string file in (string[])[LoraConfigJson.FileName, LoraAdapter.WeightsFile])
                    File.Copy(Path.Combine(adapter, file), Path.Combine(beside, file));
                Directory.Move(beside, place);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new GeoVlmException($"{place}: the adapter of {adapter} cannot be copied: {e.Message}", e);
            }
        }
        return RunSummary.Read(path);
    }

    // checkpoint-40 (TRL, ms-swift), global_step_40 (verl); what is not numbered was saved at the end.
    private static int StepOf(string folder) =>
        Numbered().Matches(folder) is [.., var match]
        && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int step)
            ? step
            : int.MaxValue;

    private static List<StepRecord> Steps(string file)
    {
        try
        {
            // Python writes what is not finite in a way that JSON has no word for.
            using var state = JsonDocument.Parse(NotFinite().Replace(File.ReadAllText(file), "null"));
            return
            [
                .. state
                    .RootElement.GetProperty("log_history")
                    .EnumerateArray()
                    .Where(e => e.TryGetProperty("reward", out _))
                    .Select(Step)
                    .DistinctBy(s => s.Step)
                    .OrderBy(s => s.Step),
            ];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new GeoVlmException($"{file} is not the log of a Trainer: {e.Message}", e);
        }
    }

    // TRL's keys; 0 where the trainer logs no such number.
    private static StepRecord Step(JsonElement entry)
    {
        double? Maybe(string key) =>
            entry.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        double Get(string key) => Maybe(key) ?? 0;
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
            Kl = Maybe("kl"),
            Entropy = Get("entropy"),
            Loss = Get("loss"),
            GradNorm = Get("grad_norm"),
            LearningRate = Get("learning_rate"),
            ClipRatio = Get("clip_ratio/region_mean"),
            ClipRatioLow = Get("clip_ratio/low_mean"),
            ClipRatioHigh = Get("clip_ratio/high_mean"),
            MinRatio = 0,
            MaxRatio = 0,
            MaxLogProbDifference = 0,
            MeanLength = Get("completions/mean_length"),
            LengthClippedRatio = Get("completions/clipped_ratio"),
            Tokens = 0,
            UpdateSeconds = Get("step_time"),
            Sampling = Maybe("sampling/importance_sampling_ratio/mean") is not { } ratio
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

    [GeneratedRegex(@"(?:checkpoint-|global_step_)(\d+)")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"(?<=[:\[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])")]
    private static partial Regex NotFinite();

    [GeneratedRegex("^rewards/(.+)/mean$")]
    private static partial Regex PartMean();
}
