using System.Text.Json;
using System.Text.Json.Serialization;
using GeoVlm.Data;
using GeoVlm.Judging;
using GeoVlm.Learning.Runs;
using GeoVlm.Models.Weights;

namespace GeoVlm.Learning.Ablations;

/// <summary>A metric of one held-out sample before and after one run.</summary>
/// <param name="Sample">Id of the sample.</param>
/// <param name="Task">Its task.</param>
/// <param name="Metric">Name of the metric; "reward" is the reward that the run was trained on.</param>
/// <param name="Before">Value of the start policy.</param>
/// <param name="After">Value after training.</param>
public sealed record AblationRow(
    [property: JsonPropertyName("sample")] string Sample,
    [property: JsonPropertyName("task")] string Task,
    [property: JsonPropertyName("metric")] string Metric,
    [property: JsonPropertyName("before")] double Before,
    [property: JsonPropertyName("after")] double After
)
{
    internal static IReadOnlyList<AblationRow> Of(EvaluationReport before, EvaluationReport after) =>
        [
            .. before
                .Samples.Zip(after.Samples)
                .SelectMany(p =>
                    p.Second.Values.Select(v => new AblationRow(
                        p.Second.SampleId,
                        EoTaskNames.Of(p.Second.Task),
                        v.Key,
                        p.First.Values[v.Key],
                        v.Value
                    ))
                ),
        ];

    internal static void Write(string file, IReadOnlyList<AblationRow> rows) =>
        AtomicFile.Write(
            file,
            stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                foreach (var row in rows)
                    writer.Write(JsonSerializer.Serialize(row, RunFolder.Json) + "\n");
            }
        );

    internal static IReadOnlyList<AblationRow> Read(string file) =>
        [.. File.ReadLines(file).Select(l => JsonSerializer.Deserialize<AblationRow>(l, RunFolder.Json)!)];
}
