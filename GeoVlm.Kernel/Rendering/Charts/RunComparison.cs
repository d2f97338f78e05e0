namespace GeoVlm.Rendering.Charts;

/// <summary>Runs laid over each other: the mean over the seeds of each, and a band from the lowest to the highest seed.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="YTitle">Name and unit of the values.</param>
/// <param name="Runs">Name of each setting, with one list of values per seed, step by step.</param>
public sealed record RunComparison(
    string Title,
    string YTitle,
    params IReadOnlyList<(string Name, IReadOnlyList<IReadOnlyList<double>> Seeds)> Runs
) : IRenderable
{
    /// <summary>Steps whose mean a point shows; curves of rewards are noisy. At least 1.</summary>
    public int Smoothing { get; init; } = 1;

    /// <inheritdoc/>
    public MimeBundle Render() =>
        new LineChart(
            Title,
            "step",
            Runs.Any(r => r.Seeds.Count > 1) ? $"{YTitle} (band: all seeds)" : YTitle,
            [.. Runs.Select(r => new ChartSeries(r.Seeds.Count > 1 ? $"{r.Name} ({r.Seeds.Count} seeds)" : r.Name, [.. Points(r.Seeds)]))]
        ).Render();

    private IEnumerable<ChartPoint> Points(IReadOnlyList<IReadOnlyList<double>> seeds)
    {
        int steps = seeds.Select(s => s.Count).DefaultIfEmpty(0).Max();
        for (int step = 0; step < steps; step++)
        {
            int last = step;
            double[] values =
            [
                .. seeds
                    .Where(s => s.Count > last)
                    .Select(s => Enumerable.Range(0, Math.Min(Math.Max(1, Smoothing), last + 1)).Average(back => s[last - back])),
            ];
            yield return values.Length > 1 ? new(step + 1, values.Average(), values.Min(), values.Max()) : new(step + 1, values[0]);
        }
    }
}
