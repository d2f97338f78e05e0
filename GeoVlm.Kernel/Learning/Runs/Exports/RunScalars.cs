using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Learning.Runs.Exports;

/// <summary>The numbers of one step under flat names, as other tools plot them.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="At">When it ended: the begin of the run and the time that steps took.
/// Pauses between a stop and a resume are not known.</param>
/// <param name="Values">Names with slashes, <c>train/reward</c> as TRL has them, <c>eval/score</c>; all finite.</param>
public sealed record RunScalars(int Step, DateTimeOffset At, IReadOnlyList<(string Name, double Value)> Values)
{
    /// <summary>The numbers of all steps of a run.</summary>
    public static IReadOnlyList<RunScalars> Of(RunSummary run)
    {
        var scores = BestWeights.Read(run.Path).GroupBy(s => s.Step).ToDictionary(g => g.Key, g => g.Last().Score);
        var at = run.Environment.Started;
        var steps = new List<RunScalars>(run.Steps.Count);
        foreach (var step in run.Steps)
        {
            at += TimeSpan.FromSeconds(step.RolloutSeconds + step.UpdateSeconds);
            var values = new List<(string, double)>();
            Flatten("train", (JsonObject)JsonSerializer.SerializeToNode(step, RunFolder.Json)!, values);
            values.AddRange([("train/seconds/rollout", step.RolloutSeconds), ("train/seconds/update", step.UpdateSeconds)]);
            if (scores.TryGetValue(step.Step, out double score))
                values.Add(("eval/score", score));
            steps.Add(new RunScalars(step.Step, at, values));
        }
        return steps;
    }

    private static void Flatten(string prefix, JsonObject record, List<(string, double)> values)
    {
        foreach (var (key, value) in record)
            if (value is JsonObject inner)
                Flatten($"{prefix}/{key}", inner, values);
            else if (key != "step" && value?.GetValueKind() == JsonValueKind.Number)
                values.Add(($"{prefix}/{key}", value.GetValue<double>()));
    }
}
