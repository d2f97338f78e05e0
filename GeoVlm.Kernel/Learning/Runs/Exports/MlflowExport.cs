using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Models.Weights;

namespace GeoVlm.Learning.Runs.Exports;

/// <summary>The folder of MLflow's file store: parameters, metrics and tags a file each, the run's documents as artifacts.</summary>
/// <remarks>Layout as mlflow.store.tracking.file_store reads it: EXPERIMENT/meta.yaml, EXPERIMENT/RUN/{meta.yaml, params, metrics, tags,
/// artifacts}.</remarks>
public sealed class MlflowExport : IRunExport
{
    private const string Experiment = "100001"; // a number of ours, that does not collide with MLflow's default 0

    private const int Running = 1,
        Finished = 3,
        Killed = 5,
        Local = 4;

    /// <inheritdoc/>
    public string Name => "mlflow";

    /// <inheritdoc/>
    public string Summary => "a file store: mlflow ui --backend-store-uri OUT, or mlflow.get_run";

    /// <inheritdoc/>
    public string Write(RunSummary run, string name, string folder)
    {
        string id = Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"{name} {run.Environment.Started:O} {run.Manifest.WeightsHash}")
                )
            )
        )[..32];
        string experiment = Path.GetFullPath(Path.Combine(folder, Experiment)),
            place = Path.Combine(experiment, id);
        try
        {
            if (Directory.Exists(place))
                Directory.Delete(place, recursive: true);
            var steps = RunScalars.Of(run);
            long began = run.Environment.Started.ToUnixTimeMilliseconds(),
                ended = steps.Count > 0 ? steps[^1].At.ToUnixTimeMilliseconds() : began;
            Text(
                experiment,
                "meta.yaml",
                Yaml(
                    ("artifact_location", Uri(experiment)),
                    ("creation_time", began),
                    ("experiment_id", Experiment),
                    ("last_update_time", ended),
                    ("lifecycle_stage", "active"),
                    ("name", "geovlm")
                )
            );
            foreach (var (key, value) in Parameters(run))
                Text(place, Path.Combine("params", key), value);
            foreach (
                var metric in steps
                    .SelectMany(s =>
                        s.Values.Select(v =>
                            (
                                v.Name,
                                Line: string.Create(CultureInfo.InvariantCulture, $"{s.At.ToUnixTimeMilliseconds()} {v.Value:R} {s.Step}\n")
                            )
                        )
                    )
                    .GroupBy(m => m.Name)
            )
                Text(place, Path.Combine("metrics", metric.Key), string.Concat(metric.Select(m => m.Line)));
            foreach (var (key, value) in Tags(run, name))
                Text(place, Path.Combine("tags", key), value);
            Directory.CreateDirectory(Path.Combine(place, "artifacts"));
            foreach (
                string file in new[] { "config.json", "environment.json", "steps.jsonl", "rollouts.parquet" }.Where(f =>
                    File.Exists(Path.Combine(run.Path, f))
                )
            )
                File.Copy(Path.Combine(run.Path, file), Path.Combine(place, "artifacts", file));
            // Last: MLflow sees a run where it finds this.
            Text(
                place,
                "meta.yaml",
                Yaml(
                    ("artifact_uri", Uri(Path.Combine(place, "artifacts"))),
                    ("end_time", run.State == RunState.Running ? null : (object)ended),
                    ("entry_point_name", ""),
                    ("experiment_id", Experiment),
                    ("lifecycle_stage", "active"),
                    ("run_id", id),
                    ("run_name", name),
                    ("run_uuid", id),
                    ("source_name", ""),
                    ("source_type", Local),
                    ("source_version", run.Environment.GitCommit ?? ""),
                    ("start_time", began),
                    (
                        "status",
                        run.State switch
                        {
                            RunState.Running => Running,
                            RunState.Finished => Finished,
                            _ => Killed,
                        }
                    ),
                    ("tags", new JsonArray()),
                    ("user_id", "")
                )
            );
            return place;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{place}: the run cannot be exported: {e.Message}", e);
        }
    }

    private static IEnumerable<(string Key, string Value)> Parameters(RunSummary run)
    {
        foreach (var (key, value) in (JsonObject)JsonSerializer.SerializeToNode(run.Manifest.Options, RunFolder.Json)!)
            yield return (key, value?.ToString() ?? "none");
        yield return ("Samples", run.Manifest.Samples.ToString(CultureInfo.InvariantCulture));
        foreach (var (task, rewards) in run.Manifest.Rewards)
            yield return ($"Rewards/{task}", rewards);
    }

    private static IEnumerable<(string Key, string Value)> Tags(RunSummary run, string name)
    {
        yield return ("mlflow.runName", name);
        yield return ("geovlm.version", run.Environment.GeoVlm);
        yield return ("geovlm.weights", run.Manifest.WeightsHash);
        yield return ("geovlm.samples", run.Manifest.SamplesHash);
        if (run.Environment.GitCommit is { } commit)
            yield return ("mlflow.source.git.commit", commit);
    }

    private static string Uri(string path) => new Uri(path).AbsoluteUri;

    // Flat, with JSON for values, which YAML takes as they are.
    private static string Yaml(params (string Key, object? Value)[] entries) =>
        string.Concat(entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}: {JsonSerializer.Serialize(e.Value)}\n"));

    private static void Text(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }
}
