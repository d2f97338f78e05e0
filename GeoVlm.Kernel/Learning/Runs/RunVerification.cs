using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Models;
using GeoVlm.Models.Weights;
using TorchSharp;

namespace GeoVlm.Learning.Runs;

/// <summary>Takes the steps of a run again, from its record, and compares.</summary>
public static class RunVerification
{
    /// <summary>Re-runs and compares every number of every step, every completion, and the weights of the last checkpoint.</summary>
    /// <param name="run">The run; nothing of it is changed.</param>
    /// <param name="policy">The policy before the first step, from the run's <c>base</c>; trained in place.</param>
    /// <param name="samples">The run's samples.</param>
    /// <param name="rubricOf">How it judged them.</param>
    /// <param name="afterStep">Told after each step.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="GeoVlmException">Weights or samples are not those of the run, or it has no steps.</exception>
    public static IReadOnlyList<VerifiedQuantity> Verify(
        RunSummary run,
        Policy policy,
        IReadOnlyList<Sample> samples,
        Func<Sample, Rubric> rubricOf,
        Action<StepRecord>? afterStep = null,
        CancellationToken cancellation = default
    )
    {
        if (run.Steps.Count == 0)
            throw new GeoVlmException($"{run.Path} has no steps to verify");
        if (run.Manifest.Sampler is { } sampler)
            throw new GeoVlmException(
                $"{run.Path} cannot be taken again: its completions came from {sampler}, and no two runs of a server need agree"
            );
        if (Fingerprint.Of(policy) != run.Manifest.WeightsHash)
            throw new GeoVlmException($"{run.Path}: the weights in base/ are not those that the run began with; they were changed since");
        if (Fingerprint.Of(samples) != run.Manifest.SamplesHash)
            throw new GeoVlmException(
                $"{run.Path}: the samples are not those of the run ({run.Manifest.Samples} then, {samples.Count} now): the dataset changed, or was filtered after it was loaded"
            );
        var quantities = new Dictionary<string, VerifiedQuantity>();
        var last = Checkpoint.All(run.Path).LastOrDefault(c => c.Step > 0 && c.Step <= run.Steps.Count);
        using var trainer = new GrpoTrainer(policy, samples, rubricOf, run.Manifest.Options);
        foreach (var recorded in run.Steps)
        {
            var again = trainer.Step(cancellation);
            Compare(quantities, recorded.Step, "", Json(recorded), Json(again));
            Compare(
                quantities,
                RunFolder.ReadRollouts(run.Path, recorded.Step),
                [.. RolloutRecord.Of(recorded.Step, trainer.LatestRollouts)]
            );
            if (recorded.Step == last.Step)
                CompareWeights(quantities, last.Folder, trainer);
            afterStep?.Invoke(again);
        }
        return [.. quantities.Values];
    }

    private static JsonObject Json(StepRecord record) => (JsonObject)JsonSerializer.SerializeToNode(record, RunFolder.Json)!;

    private static void Compare(
        Dictionary<string, VerifiedQuantity> quantities,
        int step,
        string prefix,
        JsonObject recorded,
        JsonObject again
    )
    {
        foreach (string name in recorded.Select(p => p.Key).Union(again.Select(p => p.Key)).Where(n => n != "step"))
        {
            if (recorded[name] is JsonObject a && again[name] is JsonObject b)
                Compare(quantities, step, $"{name}/", a, b);
            else
                Note(
                    quantities,
                    prefix + name,
                    step,
                    JsonNode.DeepEquals(recorded[name], again[name]),
                    recorded[name]?.ToJsonString(),
                    again[name]?.ToJsonString(),
                    Difference(recorded[name], again[name])
                );
        }
    }

    private static double Difference(JsonNode? a, JsonNode? b) =>
        a?.GetValueKind() == JsonValueKind.Number && b?.GetValueKind() == JsonValueKind.Number
            ? Math.Abs(a.GetValue<double>() - b.GetValue<double>())
            : double.NaN;

    private static void Compare(
        Dictionary<string, VerifiedQuantity> quantities,
        IReadOnlyList<RolloutRecord> recorded,
        IReadOnlyList<RolloutRecord> again
    )
    {
        if (recorded.Count == 0)
            return; // an ablation of an earlier version may have dropped them
        int step = again[0].Step;
        Note(
            quantities,
            "completions",
            step,
            recorded.Select(r => r.Completion).SequenceEqual(again.Select(r => r.Completion)),
            $"{recorded.Count} texts",
            $"{again.Count} texts",
            double.NaN
        );
        Note(
            quantities,
            "advantages",
            step,
            recorded.Select(r => r.Advantage).SequenceEqual(again.Select(r => r.Advantage)),
            "",
            "",
            Most(recorded.Select(r => r.Advantage), again.Select(r => r.Advantage))
        );
        Note(
            quantities,
            "log-probabilities",
            step,
            recorded.Select(r => r.MeanLogProb).SequenceEqual(again.Select(r => r.MeanLogProb)),
            "",
            "",
            Most(recorded.Select(r => r.MeanLogProb), again.Select(r => r.MeanLogProb))
        );
    }

    private static double Most(IEnumerable<double> a, IEnumerable<double> b) =>
        a.Zip(b, (x, y) => Math.Abs(x - y)).DefaultIfEmpty(double.NaN).Max();

    private static void CompareWeights(Dictionary<string, VerifiedQuantity> quantities, string checkpoint, GrpoTrainer trainer)
    {
        using var saved = SafetensorsFile.Open(Path.Combine(checkpoint, trainer.Policy.WeightsFile));
        double most = 0;
        bool equal = true;
        foreach (var (name, tensor) in trainer.Policy.Model.Parameters.Concat(trainer.Policy.Model.Adapter?.Parameters ?? []))
        {
            if (!saved.Entries.ContainsKey(name))
                continue; // of a policy with an adapter only the adapter is saved
            using var scope = torch.NewDisposeScope();
            var difference = (saved.Read(name).to(torch.ScalarType.Float64) - tensor.detach().to(torch.CPU).to(torch.ScalarType.Float64))
                .abs()
                .max()
                .item<double>();
            equal &= difference == 0;
            most = Math.Max(most, difference);
        }
        Note(quantities, "weights", trainer.StepsDone, equal, "", "", most);
    }

    private static void Note(
        Dictionary<string, VerifiedQuantity> quantities,
        string name,
        int step,
        bool equal,
        string? recorded,
        string? again,
        double difference
    )
    {
        var known = quantities.GetValueOrDefault(name) ?? new VerifiedQuantity(name, 0, null, null, null, 0);
        known = known with { Steps = known.Steps + 1 };
        if (!equal)
            known = known with
            {
                FirstDifference = known.FirstDifference ?? step,
                Recorded = known.FirstDifference is null ? recorded : known.Recorded,
                Again = known.FirstDifference is null ? again : known.Again,
                MostDifference = double.IsNaN(difference) ? known.MostDifference : Math.Max(known.MostDifference, difference),
            };
        quantities[name] = known;
    }
}

/// <summary>Whether one quantity of a run came out the same.</summary>
/// <param name="Name">Its name: a key of steps.jsonl, completions, advantages, log-probabilities or weights.</param>
/// <param name="Steps">Steps that were compared.</param>
/// <param name="FirstDifference">The first step at which it differs; null when it never does.</param>
/// <param name="Recorded">What was recorded there.</param>
/// <param name="Again">What came out now.</param>
/// <param name="MostDifference">The largest absolute difference of numbers over all steps.</param>
public sealed record VerifiedQuantity(string Name, int Steps, int? FirstDifference, string? Recorded, string? Again, double MostDifference)
{
    /// <summary>Whether it is equal, to the last bit, at every step.</summary>
    public bool IsEqual => FirstDifference is null;
}
