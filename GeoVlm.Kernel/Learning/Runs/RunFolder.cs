using System.Text.Json;
using System.Text.Json.Serialization;
using GeoVlm.Models;

namespace GeoVlm.Learning.Runs;

/// <summary>A run on disk: its options, one JSON line a step, and its latest weights. What is written stays readable when the run is killed.</summary>
public sealed class RunFolder
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };
    private static readonly JsonSerializerOptions Indented = new(Json) { WriteIndented = true };

    /// <summary>Creates the folder and writes the options.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="config">The run's options.</param>
    /// <exception cref="GeoVlmException">The folder holds the steps of an earlier run, which would be lost.</exception>
    public RunFolder(string path, GrpoConfig config)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (File.Exists(StepsFile) && new FileInfo(StepsFile).Length > 0)
            throw new GeoVlmException($"{Path} holds an earlier run of {ReadSteps(Path).Count} steps; name another folder, or move that one away");
        Directory.CreateDirectory(Path);
        File.WriteAllText(System.IO.Path.Combine(Path, "config.json"), JsonSerializer.Serialize(config, Indented) + "\n");
        File.WriteAllText(StepsFile, "");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where <see cref="SaveCheckpoint"/> puts the weights; a model folder like any other.</summary>
    public string CheckpointFolder => System.IO.Path.Combine(Path, "checkpoint");

    private string StepsFile => System.IO.Path.Combine(Path, "steps.jsonl");

    /// <summary>Appends one step.</summary>
    public void Append(StepRecord record) => File.AppendAllText(StepsFile, JsonSerializer.Serialize(record, Json) + "\n");

    /// <summary>The steps of a run.</summary>
    /// <param name="path">The folder of the run.</param>
    public static IReadOnlyList<StepRecord> ReadSteps(string path) =>
        [.. File.ReadLines(System.IO.Path.Combine(path, "steps.jsonl")).Where(l => l.Length > 0).Select(l => JsonSerializer.Deserialize<StepRecord>(l, Json)!)];

    /// <summary>Writes the weights beside the old ones, then takes their place.</summary>
    public void SaveCheckpoint(Policy policy)
    {
        string fresh = CheckpointFolder + ".new", old = CheckpointFolder + ".old";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        policy.Save(fresh);
        if (Directory.Exists(CheckpointFolder)) Directory.Move(CheckpointFolder, old);
        Directory.Move(fresh, CheckpointFolder);
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }
}
