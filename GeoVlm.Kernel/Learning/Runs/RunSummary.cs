namespace GeoVlm.Learning.Runs;

/// <summary>What a list of runs says about one.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Manifest">What was asked.</param>
/// <param name="Environment">Where it ran.</param>
/// <param name="Steps">Its steps so far.</param>
/// <param name="State">How it stands.</param>
public sealed record RunSummary(
    string Path,
    RunManifest Manifest,
    RunEnvironment Environment,
    IReadOnlyList<StepRecord> Steps,
    RunState State
)
{
    /// <summary>Name of its folder.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Path));

    /// <summary>Reads a run, also while another process writes to it.</summary>
    /// <exception cref="GeoVlmException">There is no run, or one of its documents is damaged.</exception>
    public static RunSummary Read(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (!IsRun(full))
            throw new GeoVlmException($"{full} holds no run: there is no config.json. `#!geo-runs` lists those there are.");
        if (SftManifest.IsIn(full))
            throw new GeoVlmException(
                $"{full} is a fine-tuning: its steps have a loss, no rewards and no rollouts. `#!geo-runs` lists it, `#!geo-sft --run … --resume` goes on with it."
            );
        var manifest = RunFolder.ReadJson<RunManifest>(full, "config.json");
        var steps = RunFolder.ReadSteps(full);
        return new RunSummary(
            full,
            manifest,
            RunFolder.ReadJson<RunEnvironment>(full, "environment.json"),
            steps,
            RunFolder.IsHeld(full) ? RunState.Running
                : steps.Count >= manifest.Options.Steps ? RunState.Finished
                : RunState.Stopped
        );
    }

    /// <summary>The folders of the runs below a folder, at any depth; runs inside runs are not looked for.</summary>
    public static IReadOnlyList<string> Find(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        if (IsRun(folder))
            return [folder];
        return [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).SelectMany(Find)];
    }

    private static bool IsRun(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, "config.json")) && File.Exists(System.IO.Path.Combine(folder, "environment.json"));
}

/// <summary>How a run stands.</summary>
public enum RunState
{
    /// <summary>A process writes to it.</summary>
    Running,

    /// <summary>All its steps are taken.</summary>
    Finished,

    /// <summary>Steps are left, and no process works on them.</summary>
    Stopped,
}
