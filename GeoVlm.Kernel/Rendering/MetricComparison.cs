using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>Metrics before and after training with their intervals. A paired difference whose interval excludes 0 stands out.</summary>
/// <param name="Rows">One row per metric.</param>
public sealed record MetricComparison(IReadOnlyList<ComparedMetric> Rows) : IRenderable
{
    /// <summary>Header of the first column of numbers.</summary>
    public string BeforeName { get; init; } = "before";

    /// <summary>Header of the second.</summary>
    public string AfterName { get; init; } = "after";

    /// <summary>Written below the table: how the intervals were made.</summary>
    public string Note { get; init; } = "Brackets: 95 % intervals, paired over samples. Tinted: the interval of the difference excludes 0.";

    /// <inheritdoc/>
    public MimeBundle Render() =>
        new StackBlock(
            new TableBlock(["metric", BeforeName, AfterName, "difference", "n"], [.. Rows.Select(ToCells)]),
            new TextBlock(Note, size: 12)
        ).ToBundle(760);

    private static Cell[] ToCells(ComparedMetric row)
    {
        var difference = row.Difference;
        string? highlight =
            difference.Low > 0 ? Palette.Green
            : difference.High < 0 ? Palette.Vermillion
            : null;
        string verdict =
            difference.Low > 0 ? " ▲"
            : difference.High < 0 ? " ▼"
            : "";
        return
        [
            new(row.Metric),
            new(Write(row.Before), true),
            new(Write(row.After), true),
            new(
                $"{Number.Signed(difference.Mean, "0.000")} [{Number.Signed(difference.Low, "0.000")}, {Number.Signed(difference.High, "0.000")}]{verdict}",
                true
            )
            {
                Highlight = highlight,
            },
            new(row.Count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), true),
        ];
    }

    private static string Write(Estimate e) =>
        $"{Number.Write(e.Mean, "0.000")} [{Number.Write(e.Low, "0.000")}, {Number.Write(e.High, "0.000")}]";
}

/// <summary>A metric before and after, and the paired difference.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Before">Mean before, with its interval.</param>
/// <param name="After">Mean after, with its interval.</param>
/// <param name="Difference">Mean of after minus before over the same samples, with its interval.</param>
/// <param name="Count">Number of samples.</param>
public sealed record ComparedMetric(string Metric, Estimate Before, Estimate After, Estimate Difference, int Count);

/// <summary>A mean with an interval.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Estimate(double Mean, double Low, double High);
