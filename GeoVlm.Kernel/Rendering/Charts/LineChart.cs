using System.Globalization;
using System.Text;

namespace GeoVlm.Rendering.Charts;

/// <summary>Lines over a common axis, with bands where points have them.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XTitle">Name and unit of the axis across.</param>
/// <param name="YTitle">Name and unit of the axis up.</param>
/// <param name="Series">The lines.</param>
public sealed record LineChart(string Title, string XTitle, string YTitle, params IReadOnlyList<ChartSeries> Series) : IRenderable
{
    /// <summary>Width in pixels.</summary>
    public int Width { get; init; } = 560;

    /// <summary>Height in pixels.</summary>
    public int Height { get; init; } = 320;

    /// <summary>The ends of both axes, for shares of 0 to 1; null for the range of the points.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var bundle = new ChartBlock(this).ToBundle(Width);
        return new(new Dictionary<string, string>(bundle.Data) { [MimeBundle.Plotly] = PlotlyFigure.Write(this) });
    }

    /// <summary>One line of text: the last value and the course of every series.</summary>
    internal string Sparklines()
    {
        var text = new StringBuilder(Title).Append(" (").Append(YTitle).Append(" over ").Append(XTitle).Append(')');
        foreach (var series in Series)
        {
            double[] values = [.. series.Points.Select(p => p.Y).Where(double.IsFinite)];
            text.Append("\n  ").Append(series.Name).Append("  ").Append(Sparkline(values));
            if (values.Length > 0)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  {Number.Write(values[0])} → {Number.Write(values[^1])}, from {Number.Write(values.Min())} to {Number.Write(values.Max())}"
                );
        }
        return text.ToString();
    }

    private static string Sparkline(double[] values)
    {
        const string bars = "▁▂▃▄▅▆▇█";
        if (values.Length == 0)
            return "no values";
        double[] shown = values.Length <= 40 ? values : [.. values.Chunk((values.Length + 39) / 40).Select(c => c.Average())];
        double low = shown.Min(),
            range = shown.Max() - low;
        return string.Concat(shown.Select(v => bars[range > 0 && double.IsFinite(range) ? (int)Math.Round((v - low) / range * 7) : 3]));
    }
}
