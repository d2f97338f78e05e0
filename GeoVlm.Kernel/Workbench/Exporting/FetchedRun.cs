using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Learning.Runs;
using GeoVlm.Models.Lora;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Makes a run of what a job on a cluster wrote: its options from the job folder, its
/// curves from the trainer's log, its last adapter as a checkpoint.</summary>
internal static partial class FetchedRun
{
    /// <summary>The file of a job folder that says what was asked, as a run's <c>config.json</c> does.</summary>
    public const string ManifestFile = "run.json";

    /// <summary>Makes the run.</summary>
    /// <param name="job">The job folder.</param>
    /// <param name="output">Where the job's output lies: adapters of PEFT at any depth, and the trainer's log. Untrusted.</param>
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
        var steps = TrainerLog.Read(output);
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
    internal static int StepOf(string folder) =>
        Numbered().Matches(folder) is [.., var match]
        && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int step)
            ? step
            : int.MaxValue;

    [GeneratedRegex(@"(?:checkpoint-|global_step_)(\d+)")]
    private static partial Regex Numbered();
}
