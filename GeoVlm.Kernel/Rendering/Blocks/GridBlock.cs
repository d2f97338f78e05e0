using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>Blocks side by side, in rows of <paramref name="columns"/>, each at most <paramref name="cellWidth"/> pixels wide.</summary>
/// <remarks>A table rather than flowing boxes: its rows survive where a page strips styles.</remarks>
internal sealed class GridBlock(IReadOnlyList<Block> children, int columns, float cellWidth) : Block
{
    private const float Gap = 12;

    /// <summary>Whether a narrow page may break a row: for pictures in one row, which need no columns.</summary>
    public bool Flows { get; init; }

    public override bool IsLive => children.Any(c => c.IsLive);

    public override void WriteHtml(StringBuilder html)
    {
        html.Append(Flows ? FlowingTable : "<table style=\"border-collapse:collapse;border:none;background:none;margin:0\">");
        foreach (var row in children.Chunk(columns))
        {
            html.Append(Flows ? FlowingRow : "<tr style=\"background:none;border:none\">");
            foreach (var child in row)
            {
                html.Append(
                    "<td valign=\"top\" style=\"vertical-align:top;text-align:left;border:none;background:none;padding:0 12px 10px 0\">"
                );
                child.WriteHtml(html);
                html.Append("</td>");
            }
            html.Append("</tr>");
        }
        html.Append(Flows ? "</tbody></table>" : "</table>");
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
