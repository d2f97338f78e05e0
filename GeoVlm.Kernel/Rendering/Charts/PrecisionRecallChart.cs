using System.Globalization;

namespace GeoVlm.Rendering.Charts;

/// <summary>Precision over recall as the confidence threshold falls, with the average precision of each curve.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Curves">Name of each curve with its predictions: confidence, and whether
/// the prediction is right; and the number of things to find.</param>
public sealed record PrecisionRecallChart(
    string Title,
    params IReadOnlyList<(string Name, IReadOnlyList<(double Confidence, bool IsRight)> Predictions, int Positives)> Curves
) : IRenderable
{
    /// <inheritdoc/>
    public MimeBundle Render() =>
        new LineChart(
            Title,
            "recall",
            "precision",
            [
                .. Curves.Select(c =>
                {
                    var points = Points(c.Predictions, c.Positives);
                    return new ChartSeries(
                        string.Create(CultureInfo.InvariantCulture, $"{c.Name} (AP {AveragePrecision(points):0.000})"),
                        points
                    );
                }),
            ]
        )
        {
            Range = (0, 1),
            Width = 420,
            Height = 360,
        }.Render();

    /// <summary>Recall and precision after each distinct confidence, highest first.</summary>
    internal static IReadOnlyList<ChartPoint> Points(IReadOnlyList<(double Confidence, bool IsRight)> predictions, int positives)
    {
        var points = new List<ChartPoint>();
        int right = 0,
            seen = 0;
        foreach (var tied in predictions.GroupBy(p => p.Confidence).OrderByDescending(g => g.Key))
        {
            seen += tied.Count();
            right += tied.Count(p => p.IsRight);
            points.Add(new(positives > 0 ? right / (double)positives : 0, right / (double)seen));
        }
        return points;
    }

    /// <summary>Σ (recall step) × precision, as scikit-learn defines it: no interpolation.</summary>
    internal static double AveragePrecision(IReadOnlyList<ChartPoint> points)
    {
        double before = 0,
            sum = 0;
        foreach (var p in points)
            (sum, before) = (sum + (p.X - before) * p.Y, p.X);
        return sum;
    }
}
