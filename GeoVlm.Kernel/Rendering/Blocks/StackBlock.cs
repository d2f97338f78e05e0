using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>Blocks below one another.</summary>
internal sealed class StackBlock(params IReadOnlyList<Block> children) : Block
{
    private const float Gap = 8;

    public override bool IsLive => children.Any(c => c.IsLive);

    public override void WriteHtml(StringBuilder html)
    {
        foreach (var child in children)
        {
            html.Append("<div style=\"margin:0 0 8px 0\">");
            child.WriteHtml(html);
            html.Append("</div>");
        }
    }

    public override void WriteText(StringBuilder text)
    {
        foreach (var child in children)
            child.WriteText(text);
    }

    public override SKSize Measure(float maxWidth)
    {
        var sizes = children.Select(c => c.Measure(maxWidth)).ToArray();
        return sizes.Length == 0 ? SKSize.Empty : new(sizes.Max(s => s.Width), sizes.Sum(s => s.Height) + Gap * (sizes.Length - 1));
    }

    public override void Paint(SKCanvas canvas, float maxWidth)
    {
        canvas.Save();
        foreach (var child in children)
        {
            child.Paint(canvas, maxWidth);
            canvas.Translate(0, child.Measure(maxWidth).Height + Gap);
        }
        canvas.Restore();
    }
}
