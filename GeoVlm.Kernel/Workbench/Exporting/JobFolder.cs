using System.Text;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning.Runs;
using GeoVlm.Models.Weights;

namespace GeoVlm.Workbench.Exporting;

/// <summary>A folder that another trainer can run.</summary>
internal static class JobFolder
{
    /// <summary>Writes it; existing files of the same names are replaced.</summary>
    /// <param name="folder">Where to; made when it does not exist.</param>
    /// <param name="target">The trainer.</param>
    /// <param name="job">What is to be trained.</param>
    /// <param name="cancellation">Stops between samples.</param>
    /// <returns>Every option, translated or not.</returns>
    /// <exception cref="GeoVlmException">There is nothing to train on, a picture
    /// cannot be read, or the folder cannot be written.</exception>
    public static IReadOnlyList<TranslatedOption> Write(string folder, ITrainerTarget target, ExportJob job, CancellationToken cancellation)
    {
        if (job.Samples.Count == 0)
            throw new GeoVlmException("There are no samples to export. Load a dataset, or check the filter that chose them.");
        job.Config.Validate();
        var options = target.Translate(job.Config);
        // Where two options of ours set one of theirs, the later one is the more particular.
        (string Name, string Value)[] theirs = [.. options.SelectMany(o => o.Theirs).GroupBy(t => t.Name).Select(g => g.Last())];
        var rows = new List<ExportRow>(job.Samples.Count);
        foreach (var sample in job.Samples)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(ExportRow.Of(sample, job));
        }
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(Path.Combine(folder, "train.parquet"), stream => target.WriteDataset(stream, rows).GetAwaiter().GetResult());
            foreach (var (name, text) in target.Files(job, theirs))
                Text(folder, name, text);
            Text(folder, FetchedRun.ManifestFile, JsonSerializer.Serialize(Manifest(job), RunFolder.Indented) + "\n");
            Text(
                folder,
                "launch.sh",
                $"#!/usr/bin/env bash\n# Run inside this folder, with the reward service reachable: see README.md.\nset -euo pipefail\ncd \"$(dirname \"$0\")\"\n{target.Launch(job)}\n"
                    + "if [ -n \"${GEOVLM_OUTPUT:-}\" ]; then mkdir -p \"$GEOVLM_OUTPUT\" && cp -r output/. \"$GEOVLM_OUTPUT\"; fi\n"
            );
            Text(folder, "README.md", Readme(target, job, options));
            return options;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"The job folder {folder} cannot be written: {e.Message}", e);
        }
    }

    private static RunManifest Manifest(ExportJob job) =>
        new()
        {
            Options = job.Config,
            Model = job.Model,
            WeightsHash = "",
            Samples = job.Samples.Count,
            SamplesHash = Fingerprint.Of(job.Samples),
            Rewards = job
                .Samples.GroupBy(s => s.Task)
                .OrderBy(g => g.Key)
                .ToDictionary(g => EoTaskNames.Of(g.Key), g => job.Rewards ?? RubricCatalogue.For(g.Key).RewardText),
            RewardText = job.Rewards,
        };

    private static void Text(string folder, string name, string text) =>
        AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static string Readme(ITrainerTarget target, ExportJob job, IReadOnlyList<TranslatedOption> options)
    {
        var text = new StringBuilder(
            $"""
            # {job.Name}

            A GRPO job for {target.Name}, written by GeoVlm: {job.Samples.Count} samples, model `{job.Model}`{(
                job.Lora is null ? "" : $", adapter of {job.Lora.Describe()}"
            )}.

            1. Where the cluster can reach it, `geovlm serve-rewards --host '*' --port {job.RewardAddress.Port} --token-env GEOVLM_REWARDS_TOKEN`.
            2. Here, `GEOVLM_REWARDS_URL={job.RewardAddress.ToString().TrimEnd('/')} GEOVLM_REWARDS_TOKEN=… bash launch.sh`.

            Rewards: {job.Rewards
                ?? "each task's own"}. Pictures are resized to between {job.Preprocessor.MinPixels} and {job.Preprocessor.MaxPixels} pixels; the column `frame` holds the size that
            coordinates in completions refer to, so a trainer that resizes otherwise gets wrong rewards for boxes.

            ## Options

            Names were read in {target.Source}.

            | Ours | Value | {target.Name} | |
            | --- | --- | --- | --- |

            """
        );
        foreach (var option in options)
            text.Append(
                $"| {option.Ours} | {option.Value} | {(option.Theirs.Count > 0 ? string.Join(", ", option.Theirs.Select(t => $"`{t.Name}={t.Value}`")) : option.IsTranslated ? "nothing to set" : "**not translatable**")} | {option.Note} |\n"
            );
        return text.ToString();
    }
}
