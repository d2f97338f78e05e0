namespace GeoVlm.Rendering.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Shown in the legend.</param>
/// <param name="Points">The points, in the order they are joined.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points)
{
    /// <summary>Whether the line is dashed: a control, or a reference.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether each point has a dot.</summary>
    public bool Dots { get; init; }

    /// <summary>A line of values at 0, 1, 2 …</summary>
    public static ChartSeries Of(string name, IEnumerable<double> values) => new(name, [.. values.Select((y, x) => new ChartPoint(x, y))]);
}

/// <summary>One point of a line.</summary>
/// <param name="X">Across.</param>
/// <param name="Y">Up; NaN leaves a gap.</param>
/// <param name="Low">Lower edge of a band; null for none.</param>
/// <param name="High">Upper edge of a band; null for none.</param>
public readonly record struct ChartPoint(double X, double Y, double? Low = null, double? High = null);
