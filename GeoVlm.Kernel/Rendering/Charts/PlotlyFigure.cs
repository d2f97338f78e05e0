using System.Text.Json.Nodes;

namespace GeoVlm.Rendering.Charts;

/// <summary>A chart as a Plotly figure, for front ends that draw one interactively.</summary>
/// <remarks>Schema: plotly.js "scatter" traces. Plotly reads a subset of HTML in names and titles, so texts are encoded.</remarks>
internal static class PlotlyFigure
{
    /// <summary>The figure as JSON; transparent grounds and grey ink, so that it reads in light and dark themes.</summary>
    public static string Write(LineChart chart)
    {
        var traces = new JsonArray();
        for (int i = 0; i < chart.Series.Count; i++)
        {
            var series = chart.Series[i];
            string colour = Palette.Series[i % Palette.Series.Count];
            if (series.Points.Any(p => p.Low is not null && p.High is not null))
            {
                traces.Add(Trace(series, p => p.Low ?? p.Y, new JsonObject { ["width"] = 0 }));
                var upper = Trace(series, p => p.High ?? p.Y, new JsonObject { ["width"] = 0 });
                upper["fill"] = "tonexty";
                var c = Palette.Sk(colour);
                upper["fillcolor"] = $"rgba({c.Red},{c.Green},{c.Blue},0.2)";
                traces.Add(upper);
            }
            var line = Trace(
                series,
                p => p.Y,
                new JsonObject
                {
                    ["color"] = colour,
                    ["width"] = 2,
                    ["dash"] = series.Dashed ? "dash" : "solid",
                }
            );
            line["showlegend"] = chart.Series.Count > 1;
            line["hoverinfo"] = "all";
            traces.Add(line);
        }
        return new JsonObject
        {
            ["data"] = traces,
            ["layout"] = new JsonObject
            {
                ["title"] = new JsonObject { ["text"] = HtmlText.Encode(chart.Title) },
                ["xaxis"] = Axis(chart.XTitle),
                ["yaxis"] = Axis(chart.YTitle),
                ["width"] = chart.Width,
                ["height"] = chart.Height,
                ["paper_bgcolor"] = "rgba(0,0,0,0)",
                ["plot_bgcolor"] = "rgba(0,0,0,0)",
                ["font"] = new JsonObject { ["color"] = "#808080" },
                ["margin"] = new JsonObject
                {
                    ["l"] = 60,
                    ["r"] = 20,
                    ["t"] = 40,
                    ["b"] = 50,
                },
            },
        }.ToJsonString();
    }

    private static JsonObject Trace(ChartSeries series, Func<ChartPoint, double> y, JsonObject line) =>
        new()
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["name"] = HtmlText.Encode(series.Name),
            ["x"] = Values(series.Points.Select(p => p.X)),
            ["y"] = Values(series.Points.Select(y)),
            ["line"] = line,
            ["showlegend"] = false,
            ["hoverinfo"] = "skip",
        };

    // JSON has no NaN; Plotly shows null as a gap.
    private static JsonArray Values(IEnumerable<double> values) =>
        new([.. values.Select(v => double.IsFinite(v) ? JsonValue.Create(v) : null)]);

    private static JsonObject Axis(string title) =>
        new()
        {
            ["title"] = new JsonObject { ["text"] = HtmlText.Encode(title) },
            ["gridcolor"] = "rgba(128,128,128,0.25)",
            ["zerolinecolor"] = "rgba(128,128,128,0.5)",
        };
}
