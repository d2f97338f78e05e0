using System.Text;
using GeoVlm.Rendering.Blocks;
using SkiaSharp;

namespace GeoVlm.Rendering.Charts;

/// <summary>A chart as a block: inline SVG, a static picture, and a sparkline.</summary>
internal sealed class ChartBlock(LineChart chart) : Block
{
    public override void WriteHtml(StringBuilder html)
    {
        html.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{chart.Width}\" height=\"{chart.Height}\" viewBox=\"0 0 {chart.Width} {chart.Height}\"")
            .Append(" role=\"img\" style=\"display:block;max-width:100%;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif\" aria-label=\"")
            .Append(HtmlText.Encode(chart.Title)).Append("\">");
        ChartDrawing.Draw(chart, new SvgSurface(html));
        html.Append("</svg>");
    }

    public override void WriteText(StringBuilder text) => text.Append(HtmlText.Clean(chart.Sparklines())).Append('\n');

    public override SKSize Measure(float maxWidth) => new(chart.Width, chart.Height);

    public override void Paint(SKCanvas canvas, float maxWidth) => ChartDrawing.Draw(chart, new SkiaSurface(canvas));
}
