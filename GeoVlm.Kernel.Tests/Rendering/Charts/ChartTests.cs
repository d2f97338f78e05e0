using System.Text.Json.Nodes;
using GeoVlm.Rendering;
using GeoVlm.Rendering.Charts;

namespace GeoVlm.Tests.Rendering.Charts;

public class ChartTests
{
    [Theory]
    [InlineData(0, 1, "0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-3, 12, "−5 0 5 10 15")]
    [InlineData(0.013, 0.0178, "0.013 0.014 0.015 0.016 0.017 0.018")]
    [InlineData(7, 7, "6.0 6.5 7.0 7.5 8.0")]
    public void Ticks_are_round_and_span_the_values(double low, double high, string labels)
    {
        var axis = ChartAxis.Of([low, high, double.NaN], 5, round: true);
        Assert.True(axis.Low <= low + 1e-9 && axis.High >= high - 1e-9);
        Assert.Equal(labels, string.Join(' ', axis.Ticks().Select(axis.Label)));
    }

    [Fact]
    public void A_chart_has_its_axes_titles_and_line_in_every_form()
    {
        var bundle = new LineChart(
            "Reward",
            "step",
            "mean reward",
            new ChartSeries("policy", [new(1, 0.2, 0.1, 0.3), new(2, double.NaN), new(3, 0.6, 0.5, 0.7), new(4, 0.5, 0.4, 0.6)])
        ).Render();
        string html = bundle.Data[MimeBundle.Html];
        Assert.All(
            new[] { ">Reward<", ">step<", ">mean reward<", ">0.5<", "<polyline", "<polygon", "currentColor" },
            part => Assert.Contains(part, html)
        );
        var figure = JsonNode.Parse(bundle.Data[MimeBundle.Plotly])!;
        Assert.Equal(3, figure["data"]!.AsArray().Count);
        Assert.Null(figure["data"]![2]!["y"]![1]);
        Assert.Equal("step", figure["layout"]!["xaxis"]!["title"]!["text"]!.GetValue<string>());
        Assert.Contains("▁█▆", bundle.Data[MimeBundle.Text]);
    }

    [Fact]
    public void Steps_are_whole_numbers() =>
        Assert.DoesNotContain(
            ">1.5<",
            new LineChart("t", "step", "y", new ChartSeries("s", [new(1, 0), new(2, 3), new(3, 9)])).Render().Data[MimeBundle.Html]
        );

    [Fact]
    public void Charts_of_nothing_or_of_no_numbers_still_have_axes() =>
        Assert.All(
            new double[][] { [], [double.NaN], [double.PositiveInfinity, 1], [1e308, -1e308] },
            values => Assert.Contains(">step<", new LineChart("t", "step", "y", ChartSeries.Of("s", values)).Render().Data[MimeBundle.Html])
        );

    [Fact]
    public void A_legend_takes_the_rows_that_its_names_need_and_equal_lines_take_turns()
    {
        string[] names =
        [
            "the reward of the task, β 0.04",
            "the task-blind reward, β 0.04",
            "control: as long of more fine-tuning",
            "other",
        ];
        string svg = new LineChart("t", "x", "y", [.. names.Select((n, i) => ChartSeries.Of(n, i < 3 ? [1, 2] : [2, 3]))]).Render().Data[
            MimeBundle.Html
        ];
        Assert.All(names, name => Assert.Contains($">{name}</text>", svg));
        Assert.Contains("y=\"49\"", svg); // the second row
        Assert.Equal(3, svg.Split("stroke-dasharray=\"9 18\"").Length - 1);
        Assert.Contains("stroke-dashoffset=\"9\"", svg);
        Assert.Contains("stroke-dashoffset=\"18\"", svg);
    }

    [Fact]
    public void Only_a_difference_whose_interval_excludes_zero_stands_out()
    {
        ComparedMetric Row(string name, double low, double high) =>
            new(name, new(0.3, 0.2, 0.4), new(0.4, 0.3, 0.5), new((low + high) / 2, low, high), 300);
        string Html(double low, double high) => new MetricComparison([Row("mean IoU", low, high)]).Render().Data[MimeBundle.Html];
        Assert.Contains("▲", Html(0.01, 0.2));
        Assert.Contains("▼", Html(-0.2, -0.01));
        Assert.DoesNotContain("▲", Html(-0.01, 0.2));
        Assert.DoesNotContain("▼", Html(-0.2, 0));
    }
}
