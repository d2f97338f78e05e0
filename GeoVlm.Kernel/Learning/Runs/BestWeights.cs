using System.Text.Json;
using System.Text.Json.Serialization;
using GeoVlm.Models;

namespace GeoVlm.Learning.Runs;

/// <summary>How well the policy did on held-out samples while it was trained, and its best weights so far, in the run's folder.</summary>
/// <param name="folder">The run.</param>
internal sealed class BestWeights(RunFolder folder)
{
    private const string File = "heldout.jsonl";

    /// <summary>The scores of a run, oldest first.</summary>
    public static IReadOnlyList<HeldOutScore> Read(string run) =>
        [.. RunFolder.Lines(Path.Combine(run, File)).Select(l => JsonSerializer.Deserialize<HeldOutScore>(l, RunFolder.Json)!)];

    /// <summary>Notes a score; the weights are kept in <c>best/</c> when it is the highest.</summary>
    /// <exception cref="GeoVlmException">Something cannot be written.</exception>
    public void Add(HeldOutScore score, Policy policy)
    {
        bool isBest = Read(folder.Path).All(s => s.Score < score.Score);
        if (isBest)
        {
            string place = Path.Combine(folder.Path, "best"),
                beside = place + Checkpoint.Unfinished;
            try
            {
                if (Directory.Exists(beside))
                    Directory.Delete(beside, recursive: true);
                policy.Save(beside);
                if (Directory.Exists(place))
                    Directory.Delete(place, recursive: true);
                Directory.Move(beside, place);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new GeoVlmException($"{place}: the best weights cannot be written: {e.Message}", e);
            }
        }
        folder.AppendLines(File, [JsonSerializer.Serialize(score, RunFolder.Json)]);
    }
}

/// <summary>Mean reward of greedy answers on held-out samples.</summary>
/// <param name="Step">After this step.</param>
/// <param name="Score">The mean.</param>
public sealed record HeldOutScore([property: JsonPropertyName("step")] int Step, [property: JsonPropertyName("score")] double Score);
