using SkiaSharp;

namespace GeoVlm.Rendering.Charts;

/// <summary>Draws a line chart, once for every surface.</summary>
internal static class ChartDrawing
{
    private const float TickSize = TypeScale.Tick,
        TitleSize = TypeScale.Caption,
        HeadSize = TypeScale.Body;
    private const float LegendRow = 16;
    private const int MostPoints = 240;

    /// <summary>Draws the chart with its top left corner at the origin.</summary>
    public static void Draw(LineChart chart, ChartSurface surface)
    {
        var points = chart.Series.SelectMany(s => s.Points);
        double[] ends = chart.Range is { } range ? [range.Low, range.High] : [];
        var xAxis = ChartAxis.Of(points.Select(p => p.X).Concat(ends), Math.Max(4, chart.Width / 70), round: false);
        if (points.All(p => double.IsInteger(p.X)))
            xAxis = xAxis with { Step = Math.Max(1, xAxis.Step) }; // there is no step 1.5
        var yAxis = ChartAxis.Of(
            points.SelectMany(p => new[] { p.Y, p.Low ?? p.Y, p.High ?? p.Y }).Concat(ends),
            Math.Max(4, chart.Height / 50),
            round: true
        );
        float tickWidth = yAxis.Ticks().Select(t => Painting.Width(yAxis.Label(t), TickSize)).DefaultIfEmpty().Max();
        float left = 24 + tickWidth,
            right = chart.Width - 12;
        var legend = chart.Series.Count > 1 ? Legend(chart, left, right + 2) : [];
        float top = 24 + (legend.Length > 0 ? legend[^1].Baseline - 33 + LegendRow : 0),
            bottom = chart.Height - 38;
        float X(double x) => left + (right - left) * (float)xAxis.Fraction(x);
        float Y(double y) => bottom - (bottom - top) * (float)yAxis.Fraction(y);

        surface.Text(Painting.Fit(chart.Title, right - left, HeadSize, true), left, 15, HeadSize, SKTextAlign.Left, bold: true);
        foreach (double tick in yAxis.Ticks())
        {
            surface.Polyline([new(left, Y(tick)), new(right, Y(tick))], null, 1, 0.15);
            surface.Text(yAxis.Label(tick), left - 5, Y(tick) + 4, TickSize, SKTextAlign.Right);
        }
        foreach (double tick in xAxis.Ticks())
        {
            surface.Polyline([new(X(tick), bottom), new(X(tick), bottom + 4)], null, 1, 0.6);
            surface.Text(xAxis.Label(tick), X(tick), bottom + 16, TickSize, SKTextAlign.Center);
        }
        surface.Polyline([new(left, top), new(left, bottom), new(right, bottom)], null, 1, 0.6);
        surface.Text(
            Painting.Fit(chart.XTitle, right - left, TitleSize),
            (left + right) / 2,
            chart.Height - 6,
            TitleSize,
            SKTextAlign.Center
        );
        surface.Text(
            Painting.Fit(chart.YTitle, bottom - top + 30, TitleSize),
            12,
            (top + bottom) / 2,
            TitleSize,
            SKTextAlign.Center,
            vertical: true
        );

        for (int i = 0; i < chart.Series.Count; i++)
        {
            string colour = Palette.Series[i % Palette.Series.Count];
            var series = chart.Series[i];
            foreach (var run in Runs(Thin(series.Points)))
            {
                if (run.Any(p => p.Low is not null && p.High is not null))
                    surface.Area(
                        [
                            .. run.Select(p => new SKPoint(X(p.X), Y(p.High ?? p.Y))),
                            .. run.Reverse().Select(p => new SKPoint(X(p.X), Y(p.Low ?? p.Y))),
                        ],
                        colour,
                        0.2
                    );
                if (series.Dots)
                    foreach (var p in run)
                        surface.Dot(new(X(p.X), Y(p.Y)), 3, colour);
                // A single point would be an invisible line.
                surface.Polyline(
                    run.Length > 1
                        ? [.. run.Select(p => new SKPoint(X(p.X), Y(p.Y)))]
                        : [new(X(run[0].X) - 2, Y(run[0].Y)), new(X(run[0].X) + 2, Y(run[0].Y))],
                    colour,
                    run.Length > 1 ? 2 : 4,
                    dash: Pieces(chart.Series, i)
                );
            }
            if (i >= legend.Length)
                continue;
            var (name, x, baseline) = legend[i];
            surface.Polyline([new(x, baseline - 4), new(x + 16, baseline - 4)], colour, 2.5f, dash: series.Dashed ? Dash.Fine : null);
            surface.Text(name, x + 20, baseline, TickSize, SKTextAlign.Left);
        }
    }

    // Names in as many rows as they need, up to a third of the chart; one longer than a row is cut.
    private static (string Name, float X, float Baseline)[] Legend(LineChart chart, float left, float right)
    {
        float x = left,
            baseline = 33;
        return
        [
            .. chart
                .Series.Select(s =>
                {
                    string name = Painting.Fit(s.Name, right - left - 20, TickSize);
                    float width = 20 + Painting.Width(name, TickSize);
                    if (x > left && x + width > right)
                        (x, baseline) = (left, baseline + LegendRow);
                    var place = (name, x, baseline);
                    x += width + 14;
                    return place;
                })
                .TakeWhile(p => p.baseline <= 33 + chart.Height / 3f),
        ];
    }

    // Equal lines take turns along their way: each would else hide those before it.
    private static Dash? Pieces(IReadOnlyList<ChartSeries> all, int index)
    {
        const float length = 9;
        if (all[index].Dashed)
            return Dash.Fine;
        var line = all[index].Points.Select(p => (p.X, p.Y));
        int[] equal =
        [
            .. all.Index().Where(s => !s.Item.Dashed && s.Item.Points.Select(p => (p.X, p.Y)).SequenceEqual(line)).Select(s => s.Index),
        ];
        return equal.Length < 2
            ? null
            : new Dash(length, length * (equal.Length - 1), length * ((equal.Length - Array.IndexOf(equal, index)) % equal.Length));
    }

    // Gaps in a line stand for values that are no numbers.
    private static IEnumerable<ChartPoint[]> Runs(IEnumerable<ChartPoint> points)
    {
        var run = new List<ChartPoint>();
        foreach (var point in points)
        {
            if (IsFinite(point))
                run.Add(point);
            else if (run.Count > 0)
            {
                yield return [.. run];
                run.Clear();
            }
        }
        if (run.Count > 0)
            yield return [.. run];
    }

    private static bool IsFinite(ChartPoint p) =>
        double.IsFinite(p.X)
        && Math.Abs(p.X) < 1e300
        && new[] { p.Y, p.Low ?? 0, p.High ?? 0 }.All(v => double.IsFinite(v) && Math.Abs(v) < 1e300);

    // Long runs are shown by the mean of neighbours: a page redrawn at every step must stay small.
    private static IEnumerable<ChartPoint> Thin(IReadOnlyList<ChartPoint> points)
    {
        if (points.Count <= MostPoints)
            return points;
        int size = (points.Count + MostPoints - 1) / MostPoints;
        return points
            .Chunk(size)
            .Select(c => new ChartPoint(
                c[^1].X,
                c.Average(p => p.Y),
                c.All(p => p.Low is not null) ? c.Average(p => p.Low) : null,
                c.All(p => p.High is not null) ? c.Average(p => p.High) : null
            ));
    }
}
