using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>Blocks side by side, in rows of <paramref name="columns"/>, each at most <paramref name="cellWidth"/> pixels wide.</summary>
/// <remarks>A table, whose rows survive where a page strips styles; where it does not, a narrow page breaks them as it needs.</remarks>
internal sealed class GridBlock(IReadOnlyList<Block> children, int columns, float cellWidth) : Block
{
    private const float Gap = 12;

    public override bool IsLive => children.Any(c => c.IsLive);

    public override void WriteHtml(StringBuilder html)
    {
        if (children.Count == 0)
            return;
        // Rows without boxes of their own: all cells flow as one. Five pictures in a row would else break into four and one before the next.
        float[] widths = Layout().Widths;
        int widest = (int)Math.Ceiling(widths.Sum() + Gap * (widths.Length - 1));
        int cell = (int)Math.Ceiling(Math.Max(cellWidth, widths.Max()));
        html.Append("<table style=\"display:block;border:none;background:none;margin:0\">")
            .Append($"<tbody style=\"display:flex;flex-wrap:wrap;gap:10px {Gap}px;margin-bottom:8px;max-width:{widest}px\">");
        foreach (var row in children.Chunk(columns))
        {
            html.Append("<tr style=\"display:contents\">");
            foreach (var child in row)
            {
                html.Append(
                    $"<td valign=\"top\" style=\"max-width:min(100%,{cell}px);vertical-align:top;text-align:left;border:none;background:none;padding:0\">"
                );
                child.WriteHtml(html);
                html.Append("</td>");
            }
            html.Append("</tr>");
        }
        html.Append("</tbody></table>");
    }

    public override void WriteText(StringBuilder text)
    {
        foreach (var child in children)
            child.WriteText(text);
    }

    public override SKSize Measure(float maxWidth)
    {
        if (children.Count == 0)
            return SKSize.Empty;
        var (widths, heights) = Layout();
        return new(widths.Sum() + Gap * (widths.Length - 1), heights.Sum() + Gap * (heights.Length - 1));
    }

    public override void Paint(SKCanvas canvas, float maxWidth)
    {
        var (widths, heights) = Layout();
        for (int i = 0; i < children.Count; i++)
        {
            canvas.Save();
            canvas.Translate(widths.Take(i % columns).Sum() + Gap * (i % columns), heights.Take(i / columns).Sum() + Gap * (i / columns));
            children[i].Paint(canvas, cellWidth);
            canvas.Restore();
        }
    }

    private (float[] Widths, float[] Heights) Layout()
    {
        var sizes = children.Select(c => c.Measure(cellWidth)).ToArray();
        return (
            [
                .. Enumerable
                    .Range(0, Math.Min(columns, sizes.Length))
                    .Select(c => sizes.Where((_, i) => i % columns == c).Max(s => s.Width)),
            ],
            [.. sizes.Chunk(columns).Select(row => row.Max(s => s.Height))]
        );
    }
}
