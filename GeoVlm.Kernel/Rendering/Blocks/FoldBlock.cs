using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>A block that a page shows folded under its summary; a picture and a text show all of it.</summary>
internal sealed class FoldBlock(string summary, Block content) : Block
{
    private const float Indent = 12,
        Head = TypeScale.Body * TypeScale.LineHeight + 2;

    public override bool IsLive => content.IsLive;

    public override void WriteHtml(StringBuilder html)
    {
        html.Append("<details><summary style=\"cursor:pointer\">")
            .Append(HtmlText.Encode(summary))
            .Append("</summary>")
            .Append($"<div style=\"border-left:2px solid {Border};padding:2px 0 2px 10px;margin:4px 0\">");
        content.WriteHtml(html);
        html.Append("</div></details>");
    }

    public override void WriteText(StringBuilder text)
    {
        text.Append(HtmlText.Clean(summary)).Append('\n');
        content.WriteText(text);
    }

    public override SKSize Measure(float maxWidth)
    {
        var inner = content.Measure(maxWidth - Indent);
        return new(Math.Max(inner.Width + Indent, Painting.Width(summary, TypeScale.Body)), inner.Height + Head);
    }

    public override void Paint(SKCanvas canvas, float maxWidth)
    {
        Painting.Line(canvas, summary, 0, TypeScale.Body * 1.05f, TypeScale.Body, new SKColor(0x58, 0x58, 0x58));
        using var rule = new SKPaint { Color = new SKColor(0xB0, 0xB0, 0xB0), StrokeWidth = 2 };
        canvas.DrawLine(1, Head, 1, Head + content.Measure(maxWidth - Indent).Height, rule);
        canvas.Save();
        canvas.Translate(Indent, Head);
        content.Paint(canvas, maxWidth - Indent);
        canvas.Restore();
    }
}
