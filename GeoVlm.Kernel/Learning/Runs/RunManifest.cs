using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Models;

namespace GeoVlm.Learning.Runs;

/// <summary>What was asked of a run, as <c>config.json</c> keeps it. Two runs with
/// equal manifests on one machine take the same steps.</summary>
public sealed record RunManifest
{
    /// <summary>The options.</summary>
    public required GrpoConfig Options { get; init; }

    /// <summary>Folder of the model, as the run saw it.</summary>
    public required string Model { get; init; }

    /// <summary>What the model computed in: <c>float32</c>, <c>bfloat16</c>.</summary>
    public string Dtype { get; init; } = NumberTypeNames.NameOf(NumberType.Float32);

    /// <summary>SHA-256 of the weights before the first step.</summary>
    public required string WeightsHash { get; init; }

    /// <summary>Number of training samples.</summary>
    public required int Samples { get; init; }

    /// <summary>SHA-256 of the samples' ids, questions and references.</summary>
    public required string SamplesHash { get; init; }

    /// <summary>The rewards of each task with their weights: "iou:1, format:0.3".</summary>
    public required IReadOnlyDictionary<string, string> Rewards { get; init; }

    /// <summary>The source texts of rewards that were written in a notebook, by their names.</summary>
    public IReadOnlyDictionary<string, string> RewardSources { get; init; } = new Dictionary<string, string>();

    /// <summary>The <c>#!geo-load</c> line that makes the samples again; empty where they were made otherwise.</summary>
    public string Load { get; init; } = "";

    /// <summary>The server that sampled, model and address; null where the policy itself did.</summary>
    public string? Sampler { get; init; }

    /// <summary>The job on a cluster that trained it, id and address; null where it was trained here.</summary>
    public string? Job { get; init; }

    /// <summary>Only samples of this task were trained on; all when null.</summary>
    public string? Task { get; init; }

    /// <summary>The rewards as they were asked for ("iou:1,format:0.3"); null for each task's own.</summary>
    public string? RewardText { get; init; }

    /// <summary>What differs from <paramref name="other"/>, a line each. The number of
    /// steps may differ where no earlier step depends on it.</summary>
    public IReadOnlyList<string> Differences(RunManifest other)
    {
        var differences = Compare(this, other);
        bool stepsMatter = Options.Order == PromptOrdering.Successive || !Options.Schedule.StartsWith("constant", StringComparison.Ordinal);
        return
        [
            .. differences.Where(d =>
                !Provenance.Any(name => d.StartsWith(name + " ", StringComparison.Ordinal))
                && (stepsMatter || !d.StartsWith($"{nameof(Options)}.{nameof(GrpoConfig.Steps)} ", StringComparison.Ordinal))
            ),
        ];
    }

    /// <summary>What differs between two manifests of one kind, a line for each value.</summary>
    internal static IReadOnlyList<string> Compare<T>(T here, T there)
    {
        var differences = new List<string>();
        Compare(
            "",
            JsonSerializer.SerializeToNode(here, RunFolder.Json),
            JsonSerializer.SerializeToNode(there, RunFolder.Json),
            differences
        );
        return differences;
    }

    // Where things came from; their hashes say what they are.
    private static readonly string[] Provenance =
    [
        nameof(Model),
        nameof(Load),
        nameof(Sampler),
        nameof(Job),
        nameof(Task),
        nameof(RewardText),
    ];

    private static void Compare(string name, JsonNode? here, JsonNode? there, List<string> differences)
    {
        if (here is JsonObject a && there is JsonObject b)
        {
            foreach (string key in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
                Compare(name.Length == 0 ? key : $"{name}.{key}", a[key], b[key], differences);
            return;
        }
        if (!JsonNode.DeepEquals(here, there))
            differences.Add($"{name} was {here?.ToJsonString() ?? "absent"}, now {there?.ToJsonString() ?? "absent"}");
    }
}
