using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>Large numbers, each under its name, in a line, or in several where they are too many for one.</summary>
internal sealed class NumbersBlock(params IReadOnlyList<(string Name, string Value)> numbers) : Block
{
    private const float NameSize = TypeScale.Caption,
        ValueSize = TypeScale.Number,
        Gap = 26,
        RowHeight = 42;

    public override void WriteHtml(StringBuilder html)
    {
        // A row that breaks where the page is narrow; a page that strips styles still shows a table.
        html.Append("<table style=\"display:block;border:none;background:none;margin:0\"><tbody style=\"display:block\">")
            .Append("<tr style=\"display:flex;flex-wrap:wrap;background:none;border:none\">");
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
        html.Append("</tr></tbody></table>");
    }

    public override void WriteText(StringBuilder text) =>
        text.Append(HtmlText.Clean(string.Join(" · ", numbers.Select(n => $"{n.Name} {n.Value}")))).Append('\n');

    public override SKSize Measure(float maxWidth)
    {
        var rows = Rows(maxWidth).ToArray();
        return rows.Length == 0 ? SKSize.Empty : new(rows.Max(r => r.Sum(n => Width(n) + Gap)), rows.Length * RowHeight);
    }

    public override void Paint(SKCanvas canvas, float maxWidth)
    {
        float y = 0;
        foreach (var row in Rows(maxWidth))
        {
            float x = 0;
            foreach (var number in row)
            {
                Painting.Line(canvas, number.Name, x, y + 12, NameSize, new SKColor(0x58, 0x58, 0x58));
                Painting.Line(canvas, number.Value, x, y + 34, ValueSize, Painting.Ink, bold: true);
                x += Width(number) + Gap;
            }
            y += RowHeight;
        }
    }

    private IEnumerable<IReadOnlyList<(string Name, string Value)>> Rows(float maxWidth)
    {
        List<(string, string)> row = [];
        float x = 0;
        foreach (var number in numbers)
        {
            float width = Width(number) + Gap;
            if (x > 0 && x + width > maxWidth)
            {
                yield return row;
                row = [];
                x = 0;
            }
            row.Add(number);
            x += width;
        }
        if (row.Count > 0)
            yield return row;
    }

    private static float Width((string Name, string Value) number) =>
        Math.Max(Painting.Width(number.Name, NameSize), Painting.Width(number.Value, ValueSize, true));
}
