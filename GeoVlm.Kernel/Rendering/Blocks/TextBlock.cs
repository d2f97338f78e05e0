using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>A paragraph, with a bold label before it where there is one. Line ends of the text are kept.</summary>
internal sealed class TextBlock(string text, string label = "", float size = TypeScale.Body, bool bold = false) : Block
{
    private string Whole => label.Length == 0 ? text : $"{label}: {text}";

    public override void WriteHtml(StringBuilder html)
    {
        html.Append(
            System.Globalization.CultureInfo.InvariantCulture,
            $"<div style=\"font-size:{size}px;white-space:pre-wrap;overflow-wrap:anywhere;max-width:46em{(bold ? ";font-weight:600" : "")}\">"
        );
        if (label.Length > 0)
            html.Append("<b>").Append(HtmlText.Encode(label)).Append("</b>: ");
        html.Append(bold ? "<b>" : "").Append(HtmlText.Encode(text)).Append(bold ? "</b>" : "").Append("</div>");
    }

    public override void WriteText(StringBuilder target) => target.Append(HtmlText.Clean(Whole)).Append('\n');

    public override SKSize Measure(float maxWidth)
    {
        float height = Painting.Paragraph(null, Whole, 0, 0, maxWidth, size, Painting.Ink, bold);
        return new(Math.Min(maxWidth, Painting.Width(Whole.ReplaceLineEndings(" "), size, bold)), height);
    }

    public override void Paint(SKCanvas canvas, float maxWidth) =>
        Painting.Paragraph(canvas, Whole, 0, 0, maxWidth, size, Painting.Ink, bold);
}
