namespace GeoVlm.Rendering.Charts;

/// <summary>How often a model is right when it says how sure it is, in bins of confidence, with
/// Wilson 95 % intervals and the expected calibration error.</summary>
/// <remarks>ECE = Σ (n of bin / n) · |accuracy − mean confidence| (Naeini et al., 2015). Interval: Wilson, 1927.</remarks>
/// <param name="Title">What it shows.</param>
/// <param name="Predictions">Confidence, 0 to 1, and whether the prediction is right.</param>
public sealed record ReliabilityChart(string Title, IReadOnlyList<(double Confidence, bool IsRight)> Predictions) : IRenderable
{
    /// <summary>Bins of equal width, at least 1.</summary>
    public int Bins { get; init; } = 10;

    /// <summary>The expected calibration error, 0 to 1; not a number without predictions.</summary>
    public double ExpectedCalibrationError =>
        Predictions.Count == 0
            ? double.NaN
            : Binned()
                .Sum(b =>
                    Math.Abs(b.Count(p => p.IsRight) / (double)b.Length - b.Average(p => p.Confidence)) * b.Length / Predictions.Count
                );

    /// <inheritdoc/>
    public MimeBundle Render() =>
        new LineChart(
            $"{Title} (ECE {Number.Write(ExpectedCalibrationError, "0.000")}, n {Predictions.Count})",
            "confidence",
            "share right (band: 95 % interval)",
            new ChartSeries("model", [.. Binned().Select(Point)]) { Dots = true },
            new ChartSeries("perfect", [new(0, 0), new(1, 1)]) { Dashed = true }
        )
        {
            Range = (0, 1),
            Width = 420,
            Height = 360,
        }.Render();

    private IEnumerable<(double Confidence, bool IsRight)[]> Binned() =>
        Predictions
            .Where(p => double.IsFinite(p.Confidence))
            .GroupBy(p => Math.Clamp((int)(p.Confidence * Math.Max(1, Bins)), 0, Math.Max(1, Bins) - 1))
            .OrderBy(g => g.Key)
            .Select(g => g.ToArray());

    private static ChartPoint Point((double Confidence, bool IsRight)[] bin)
    {
        const double z = 1.959964;
        double n = bin.Length,
            p = bin.Count(b => b.IsRight) / n,
            centre = (p + z * z / (2 * n)) / (1 + z * z / n);
        double half = z / (1 + z * z / n) * Math.Sqrt(p * (1 - p) / n + z * z / (4 * n * n));
        return new(bin.Average(b => b.Confidence), p, centre - half, centre + half);
    }
}
