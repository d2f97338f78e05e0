using System.Globalization;
using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Charts;

/// <summary>Writes a chart as SVG elements whose ink is <c>currentColor</c>: inline in a page they follow its theme.</summary>
internal sealed class SvgSurface(StringBuilder svg) : ChartSurface
{
    public override void Polyline(IReadOnlyList<SKPoint> points, string? colour, float width, double opacity = 1, Dash? dash = null)
    {
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<polyline fill=\"none\" stroke=\"{colour ?? "currentColor"}\" stroke-width=\"{width:0.##}\""
        );
        if (opacity < 1)
            svg.Append(CultureInfo.InvariantCulture, $" stroke-opacity=\"{opacity:0.##}\"");
        if (dash is { } d)
        {
            svg.Append(CultureInfo.InvariantCulture, $" stroke-dasharray=\"{d.On:0.#} {d.Off:0.#}\"");
            if (d.Start > 0)
                svg.Append(CultureInfo.InvariantCulture, $" stroke-dashoffset=\"{d.Start:0.#}\"");
        }
        svg.Append(" stroke-linejoin=\"round\" points=\"");
        Points(points);
        svg.Append("\"/>");
    }

    public override void Area(IReadOnlyList<SKPoint> points, string colour, double opacity)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<polygon fill=\"{colour}\" fill-opacity=\"{opacity:0.##}\" points=\"");
        Points(points);
        svg.Append("\"/>");
    }

    public override void Dot(SKPoint centre, float radius, string? colour) =>
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<circle cx=\"{centre.X:0.#}\" cy=\"{centre.Y:0.#}\" r=\"{radius:0.#}\" fill=\"{colour ?? "currentColor"}\"/>"
        );

    public override void Text(string text, float x, float y, float size, SKTextAlign anchor, bool bold = false, bool vertical = false)
    {
        string side = anchor switch
        {
            SKTextAlign.Center => "middle",
            SKTextAlign.Right => "end",
            _ => "start",
        };
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" font-size=\"{size:0.#}\" fill=\"currentColor\" text-anchor=\"{side}\""
        );
        // A page's typeface may be wider than the one that was measured: longer texts are told the room that they have.
        if (text.Length > 5)
            svg.Append(
                CultureInfo.InvariantCulture,
                $" textLength=\"{Painting.Width(text, size, bold):0.#}\" lengthAdjust=\"spacingAndGlyphs\""
            );
        if (bold)
            svg.Append(" font-weight=\"600\"");
        if (vertical)
            svg.Append(CultureInfo.InvariantCulture, $" transform=\"rotate(-90 {x:0.#} {y:0.#})\"");
        svg.Append('>').Append(HtmlText.Encode(text)).Append("</text>");
    }

    private void Points(IReadOnlyList<SKPoint> points)
    {
        foreach (var p in points)
            svg.Append(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#} ");
    }
}
