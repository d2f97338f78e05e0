using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GeoVlm.Models.Weights;

namespace GeoVlm.Learning.Runs;

/// <summary>A run on disk. Everything in it stays readable when the process is killed at
/// any moment, and one process at a time writes to it.</summary>
/// <remarks>
/// <c>config.json</c> (what was asked), <c>environment.json</c> (where it ran), <c>steps.jsonl</c> (one step a line, the same bytes for the
/// same run), <c>timings.jsonl</c> (what differs from run to run), <c>rollouts.jsonl</c> (and <c>rollouts.parquet</c> once it has ended),
/// <c>checkpoints/step-N/</c>, <c>base/</c> (the policy before the first step), <c>heldout.jsonl</c> and <c>best/</c> where it is evaluated
/// while it trains.
/// </remarks>
public sealed class RunFolder : IDisposable
{
    internal static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };
    internal static readonly JsonSerializerOptions Indented = new(Json) { WriteIndented = true };

    private readonly FileStream held;

    private RunFolder(string path, FileStream held) => (Path, this.held) = (path, held);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The policy before the first step, a model folder like any other; the reference of the KL penalty.</summary>
    public string BaseFolder => In("base");

    /// <summary>Where checkpoints are, a folder <c>step-N</c> each.</summary>
    public string CheckpointsFolder => In("checkpoints");

    /// <summary>The latest whole checkpoint of a run, a folder that a policy or its
    /// adapter is loaded from; null when there is none.</summary>
    /// <param name="path">The folder of the run.</param>
    public static string? LatestCheckpoint(string path) => Checkpoint.All(path) is [.., var last] ? last.Folder : null;

    /// <summary>Makes the folder of a new run.</summary>
    /// <exception cref="GeoVlmException">It holds an earlier run, another process writes to it, or it cannot be made.</exception>
    public static RunFolder Create(string path)
    {
        var folder = Hold(path);
        int steps = Lines(System.IO.Path.Combine(folder.Path, "steps.jsonl")).Count();
        if (steps == 0 && Checkpoint.All(folder.Path).Count == 0)
            return folder; // also one that was killed before its first checkpoint was whole
        folder.Dispose();
        throw new GeoVlmException(
            $"{folder.Path} holds an earlier run of {steps} steps; resume it, name another folder, or move that one away"
        );
    }

    /// <summary>Opens the folder of an earlier run to go on with it.</summary>
    /// <exception cref="GeoVlmException">There is no run, or another process writes to it.</exception>
    public static RunFolder Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(System.IO.Path.Combine(full, "config.json")))
            throw new GeoVlmException($"{full} holds no run: there is no config.json. Check the path, or start the run without resuming.");
        return Hold(full);
    }

    /// <summary>The steps of a run, with their timings; a last line that a killed process left unfinished is left out.</summary>
    /// <param name="path">The folder of the run.</param>
    public static IReadOnlyList<StepRecord> ReadSteps(string path)
    {
        var timings = Lines(System.IO.Path.Combine(path, "timings.jsonl"))
            .Select(l => JsonSerializer.Deserialize<StepTiming>(l, Json)!)
            .GroupBy(t => t.Step)
            .ToDictionary(g => g.Key, g => g.Last());
        return
        [
            .. Lines(System.IO.Path.Combine(path, "steps.jsonl"))
                .Select(l => JsonSerializer.Deserialize<StepRecord>(l, Json)!)
                .Select(s =>
                    timings.TryGetValue(s.Step, out var t)
                        ? s with
                        {
                            RolloutSeconds = t.RolloutSeconds,
                            UpdateSeconds = t.UpdateSeconds,
                        }
                        : s
                ),
        ];
    }

    /// <summary>Appends one step with its rollouts.</summary>
    /// <exception cref="GeoVlmException">The disk is full, or the folder is gone.</exception>
    public void Append(StepRecord record, IReadOnlyList<JudgedGroup> groups)
    {
        AppendLines("rollouts.jsonl", RolloutRecord.Of(record.Step, groups).Select(r => JsonSerializer.Serialize(r, Json)));
        AppendLines(
            "timings.jsonl",
            [JsonSerializer.Serialize(new StepTiming(record.Step, record.RolloutSeconds, record.UpdateSeconds), Json)]
        );
        AppendLines("steps.jsonl", [JsonSerializer.Serialize(record, Json)]); // last: a step that is listed is there whole
    }

    /// <summary>The rollouts of one step.</summary>
    /// <param name="path">The folder of the run.</param>
    /// <param name="step">The step, from 1.</param>
    public static IReadOnlyList<RolloutRecord> ReadRollouts(string path, int step)
    {
        string beginning = string.Create(CultureInfo.InvariantCulture, $"{{\"step\":{step},");
        return
        [
            .. Lines(System.IO.Path.Combine(path, "rollouts.jsonl"))
                .Where(l => l.StartsWith(beginning, StringComparison.Ordinal))
                .Select(l => JsonSerializer.Deserialize<RolloutRecord>(l, Json)!),
        ];
    }

    /// <summary>All rollouts of a run, oldest first.</summary>
    /// <param name="path">The folder of the run.</param>
    public static IEnumerable<RolloutRecord> ReadRollouts(string path) =>
        Lines(System.IO.Path.Combine(path, "rollouts.jsonl")).Select(l => JsonSerializer.Deserialize<RolloutRecord>(l, Json)!);

    /// <summary>Forgets what came after a step, before the run goes on from its checkpoint.</summary>
    public void CutAfter(int step)
    {
        foreach (string name in (string[])["steps.jsonl", "timings.jsonl", "rollouts.jsonl", "heldout.jsonl"])
        {
            if (!File.Exists(In(name)))
                continue;
            string[] kept = [.. Lines(In(name)).Where(l => JsonSerializer.Deserialize<StepOnly>(l, Json)!.Step <= step)];
            AtomicFile.Write(
                In(name),
                stream =>
                {
                    using var writer = new StreamWriter(stream, leaveOpen: true);
                    foreach (string line in kept)
                        writer.Write(line + "\n");
                }
            );
        }
    }

    /// <summary>Writes a JSON document of the folder, complete or not at all.</summary>
    public void WriteJson<T>(string name, T value) =>
        AtomicFile.Write(
            In(name),
            stream =>
            {
                JsonSerializer.Serialize(stream, value, Indented);
                stream.Write("\n"u8);
            }
        );

    /// <summary>Reads a JSON document of a run.</summary>
    /// <exception cref="GeoVlmException">It is missing, or not what this version writes.</exception>
    public static T ReadJson<T>(string path, string name)
    {
        string file = System.IO.Path.Combine(path, name);
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(file), Json) ?? throw new GeoVlmException($"{file} is empty");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new GeoVlmException($"{file} cannot be read: {e.Message} The run cannot be used without it.", e);
        }
    }

    /// <summary>Lets other processes write to the run.</summary>
    public void Dispose() => held.Dispose();

    /// <summary>Whether a process writes to a run.</summary>
    internal static bool IsHeld(string path)
    {
        string file = System.IO.Path.Combine(path, LockFile);
        if (!File.Exists(file))
            return false;
        try
        {
            using var free = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private const string LockFile = "run.lock";

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private static RunFolder Hold(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(full);
            // The system lets go of the lock when the process ends, however it ends.
            held = new FileStream(System.IO.Path.Combine(full, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var folder = new RunFolder(full, held);
            folder.Sweep();
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new GeoVlmException(
                $"{full} cannot be used for a run: {e.Message} If another process trains there, wait for it or name another folder.",
                e
            );
        }
    }

    // What a killed process was writing: it was never renamed into place, so nothing refers to it.
    private void Sweep()
    {
        string[] folders = [.. new[] { Path, BaseFolder, CheckpointsFolder }.Where(Directory.Exists)];
        foreach (string file in folders.SelectMany(f => Directory.EnumerateFiles(f, "*" + AtomicFile.Unfinished)))
            File.Delete(file);
        foreach (string half in folders.SelectMany(f => Directory.EnumerateDirectories(f, "*" + Checkpoint.Unfinished)))
            Directory.Delete(half, recursive: true);
    }

    internal void AppendLines(string name, IEnumerable<string> lines)
    {
        try
        {
            File.AppendAllText(In(name), string.Concat(lines.Select(l => l + "\n")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{In(name)} cannot be written: {e.Message}", e);
        }
    }

    internal static IEnumerable<string> Lines(string file)
    {
        if (!File.Exists(file))
            return [];
        string text = File.ReadAllText(file);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed record StepOnly([property: JsonPropertyName("step")] int Step);

    private sealed record StepTiming(
        [property: JsonPropertyName("step")] int Step,
        [property: JsonPropertyName("seconds/rollout")] double RolloutSeconds,
        [property: JsonPropertyName("seconds/update")] double UpdateSeconds
    );
}
