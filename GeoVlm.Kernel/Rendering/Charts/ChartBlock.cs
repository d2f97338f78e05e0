using System.Text;
using GeoVlm.Rendering.Blocks;
using SkiaSharp;

namespace GeoVlm.Rendering.Charts;

/// <summary>A chart as a block: inline SVG, a static picture, and text.</summary>
/// <param name="title">What it shows, for those who cannot see it.</param>
/// <param name="width">Width in pixels.</param>
/// <param name="height">Height in pixels.</param>
/// <param name="draw">Draws it with its top left corner at the origin.</param>
/// <param name="text">What it says, in words.</param>
internal sealed class ChartBlock(string title, int width, int height, Action<ChartSurface> draw, string text) : Block
{
    /// <summary>A line chart.</summary>
    public ChartBlock(LineChart chart)
        : this(chart.Title, chart.Width, chart.Height, surface => ChartDrawing.Draw(chart, surface), chart.Sparklines()) { }

    public override void WriteHtml(StringBuilder html)
    {
        html.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"")
            .Append($" role=\"img\" style=\"display:block;max-width:100%;height:auto;font-family:{TypeScale.Family}\" aria-label=\"")
            .Append(HtmlText.Encode(title))
            .Append("\">");
        draw(new SvgSurface(html));
        html.Append("</svg>");
    }

    public override void WriteText(StringBuilder target) => target.Append(HtmlText.Clean(text)).Append('\n');

    public override SKSize Measure(float maxWidth) => new(width, height);

    public override void Paint(SKCanvas canvas, float maxWidth) => draw(new SkiaSurface(canvas));
}
