using System.Globalization;
using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>A picture with a caption below it.</summary>
/// <param name="picture">The picture, at the size it is shown.</param>
/// <param name="alternative">What it shows, for those who cannot see it and for text output.</param>
/// <param name="caption">Text below; empty for none.</param>
internal sealed class PictureBlock(Picture picture, string alternative, string caption = "") : Block
{
    public override void WriteHtml(StringBuilder html)
    {
        html.Append(
                CultureInfo.InvariantCulture,
                $"<img src=\"{picture.ToJpegUri()}\" width=\"{picture.Width}\" height=\"{picture.Height}\""
            )
            .Append(" style=\"display:block;max-width:100%;height:auto;margin:0\" alt=\"")
            .Append(HtmlText.Encode(HtmlText.Truncate(alternative, 300)))
            .Append("\">");
        if (caption.Length > 0)
            html.Append(
                    CultureInfo.InvariantCulture,
                    $"<div style=\"width:{picture.Width}px;max-width:100%;font-size:{TypeScale.Caption}px;white-space:pre-wrap;overflow-wrap:anywhere\">"
                )
                .Append(HtmlText.Encode(caption))
                .Append("</div>");
    }

    public override void WriteText(StringBuilder text)
    {
        text.Append('[').Append(HtmlText.Clean(HtmlText.Truncate(alternative, 300))).Append(']');
        if (caption.Length > 0)
            text.Append(' ').Append(HtmlText.Clean(caption).ReplaceLineEndings(" · "));
        text.Append('\n');
    }

    public override SKSize Measure(float maxWidth) =>
        new(
            picture.Width,
            picture.Height
                + (caption.Length == 0 ? 0 : 4 + Painting.Paragraph(null, caption, 0, 0, picture.Width, TypeScale.Caption, Painting.Ink))
        );

    public override void Paint(SKCanvas canvas, float maxWidth)
    {
        picture.Paint(canvas);
        if (caption.Length > 0)
            Painting.Paragraph(canvas, caption, 0, picture.Height + 4, picture.Width, TypeScale.Caption, Painting.Ink);
    }
}
