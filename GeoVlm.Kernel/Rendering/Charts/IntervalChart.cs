using GeoVlm.Rendering.Blocks;
using SkiaSharp;

namespace GeoVlm.Rendering.Charts;

/// <summary>Estimates with their intervals below one another on a common axis: a dot and a line each.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XTitle">Name and unit of the axis.</param>
/// <param name="Rows">Name and estimate of each.</param>
public sealed record IntervalChart(string Title, string XTitle, params IReadOnlyList<(string Name, Estimate Estimate)> Rows) : IRenderable
{
    private const float Row = 22;

    /// <summary>Width in pixels.</summary>
    public int Width { get; init; } = 560;

    /// <summary>A value that a line marks, such as 0 for differences or the score of a baseline; null for none.</summary>
    public double? Mark { get; init; }

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(Width);

    /// <summary>The chart as a block.</summary>
    internal Block Describe() =>
        new ChartBlock(
            Title,
            Width,
            (int)(72 + Row * Rows.Count),
            Draw,
            Title
                + "\n"
                + string.Join(
                    '\n',
                    Rows.Select(r =>
                        $"  {r.Name}  {Number.Write(r.Estimate.Mean)} [{Number.Write(r.Estimate.Low)}, {Number.Write(r.Estimate.High)}]"
                    )
                )
        );

    private void Draw(ChartSurface surface)
    {
        var axis = ChartAxis.Of(
            Rows.SelectMany(r => new[] { r.Estimate.Low, r.Estimate.Mean, r.Estimate.High }).Concat(Mark is { } m ? [m] : []),
            Math.Max(4, Width / 90),
            round: true
        );
        float names = Math.Min(Width * 0.4f, Rows.Select(r => Painting.Width(r.Name, TypeScale.Caption)).DefaultIfEmpty().Max()) + 12;
        float left = names,
            right = Width - 16,
            top = 26,
            bottom = top + Row * Rows.Count;
        float X(double value) => left + (right - left) * (float)Math.Clamp(axis.Fraction(value), 0, 1);
        surface.Text(Painting.Fit(Title, Width - 8, TypeScale.Body, true), 0, 15, TypeScale.Body, SKTextAlign.Left, bold: true);
        foreach (double tick in axis.Ticks())
        {
            surface.Polyline([new(X(tick), top), new(X(tick), bottom)], null, 1, 0.15);
            surface.Text(axis.Label(tick), X(tick), bottom + 15, TypeScale.Tick, SKTextAlign.Center);
        }
        if (Mark is { } mark)
            surface.Polyline([new(X(mark), top), new(X(mark), bottom)], null, 1.5f, 0.7, dash: Dash.Fine);
        surface.Text(
            Painting.Fit(XTitle, right - left, TypeScale.Caption),
            (left + right) / 2,
            bottom + 34,
            TypeScale.Caption,
            SKTextAlign.Center
        );
        for (int i = 0; i < Rows.Count; i++)
        {
            var (name, e) = Rows[i];
            float y = top + Row * (i + 0.5f);
            surface.Text(Painting.Fit(name, names - 11, TypeScale.Caption), left - 8, y + 4, TypeScale.Caption, SKTextAlign.Right);
            if (!double.IsFinite(e.Mean))
                continue;
            if (double.IsFinite(e.Low) && double.IsFinite(e.High))
                surface.Polyline([new(X(e.Low), y), new(X(e.High), y)], Palette.Blue, 2);
            surface.Dot(new(X(e.Mean), y), 4, Palette.Blue);
        }
    }
}
