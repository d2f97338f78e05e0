using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>A line of large numbers, each under its name.</summary>
internal sealed class NumbersBlock(params IReadOnlyList<(string Name, string Value)> numbers) : Block
{
    private const float NameSize = TypeScale.Caption,
        ValueSize = TypeScale.Number,
        Gap = 26;

    public override void WriteHtml(StringBuilder html)
    {
        html.Append("<table style=\"border-collapse:collapse;border:none;background:none;margin:0\"><tr style=\"background:none\">");
        foreach (var (name, value) in numbers)
            html.Append(
                    "<td align=\"left\" style=\"text-align:left;border:none;padding:0 26px 0 0;white-space:nowrap;font-variant-numeric:tabular-nums\">"
                )
                .Append("<span style=\"font-size:12px;opacity:.75\">")
                .Append(HtmlText.Encode(name))
                .Append("</span><br>")
                .Append("<b style=\"font-size:17px;font-weight:600\">")
                .Append(HtmlText.Encode(value))
                .Append("</b></td>");
        html.Append("</tr></table>");
    }

    public override void WriteText(StringBuilder text) =>
        text.Append(HtmlText.Clean(string.Join(" · ", numbers.Select(n => $"{n.Name} {n.Value}")))).Append('\n');

    public override SKSize Measure(float maxWidth) => new(numbers.Sum(n => Width(n) + Gap), 42);

    public override void Paint(SKCanvas canvas, float maxWidth)
    {
        float x = 0;
        foreach (var number in numbers)
        {
            Painting.Line(canvas, number.Name, x, 12, NameSize, new SKColor(0x58, 0x58, 0x58));
            Painting.Line(canvas, number.Value, x, 34, ValueSize, Painting.Ink, bold: true);
            x += Width(number) + Gap;
        }
    }

    private static float Width((string Name, string Value) number) =>
        Math.Max(Painting.Width(number.Name, NameSize), Painting.Width(number.Value, ValueSize, true));
}
