using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Synthetic;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>Parsing, matching and scoring of completions, one core.</summary>
public sealed class RewardsBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "rewards";

    /// <inheritdoc/>
    public string Summary => "parse, match and score completions on one core";

    /// <inheritdoc/>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        progress("10,000 detection completions of 20 boxes");
        var sample = SyntheticDataset.Create(new SyntheticOptions { Count = 1, Tasks = [EoTask.ObjectDetection] }).Samples[0];
        string boxes = string.Join(",", Enumerable.Range(0, 20).Select(i => $"[{i * 5},{i * 4},{i * 5 + 30},{i * 4 + 25}]"));
        string completion = $"<think>look</think><answer>{boxes}</answer>";
        var rubric = RubricCatalogue.For(EoTask.ObjectDetection);
        rubric.Judge(completion, sample, sample.Frame);
        int count = quick ? 1_000 : 10_000;
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < count && !cancellation.IsCancellationRequested; i++) rubric.Judge(completion, sample, sample.Frame);
        double seconds = watch.Elapsed.TotalSeconds * 10_000 / count;
        return [new("10,000 detection completions of 20 boxes", seconds, "s", "at most 1 s", seconds <= 1)];
    }
}
