using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>What the colours of a picture mean.</summary>
internal sealed class LegendBlock(params IReadOnlyList<LegendItem> items) : Block
{
    private const float Size = 12, Swatch = 14, Gap = 16;

    public override void WriteHtml(StringBuilder html)
    {
        html.Append("<div style=\"font-size:12px\">");
        foreach (var item in items)
        {
            string line = item.Kind switch
            {
                LegendKind.Fill => $"background:{item.Colour};height:11px",
                LegendKind.Dashed => $"border:2px dashed {item.Colour};background:#333;height:7px",
                _ => $"border:2px solid {item.Colour};background:#333;height:7px",
            };
            html.Append($"<span style=\"white-space:nowrap;margin-right:16px\"><span style=\"display:inline-block;box-sizing:content-box;width:14px;{line};vertical-align:-1px;margin-right:5px\"></span>")
                .Append(HtmlText.Encode(item.Text)).Append("</span> ");
        }
        html.Append("</div>");
    }

    public override void WriteText(StringBuilder text)
    {
    }

    public override SKSize Measure(float maxWidth) => new(items.Sum(Width), Size * Painting.LineHeight);

    public override void Paint(SKCanvas canvas, float maxWidth)
    {
        float x = 0;
        foreach (var item in items)
        {
            var swatch = new SKRect(x + 1, 3, x + Swatch, Size + 1);
            using var paint = new SKPaint { Color = item.Kind == LegendKind.Fill ? Palette.Sk(item.Colour) : new SKColor(0x33, 0x33, 0x33) };
            canvas.DrawRect(swatch, paint);
            if (item.Kind != LegendKind.Fill)
            {
                using var dash = item.Kind == LegendKind.Dashed ? SKPathEffect.CreateDash([4, 3], 0) : null;
                using var stroke = new SKPaint { Color = Palette.Sk(item.Colour), Style = SKPaintStyle.Stroke, StrokeWidth = 2, PathEffect = dash };
                canvas.DrawRect(swatch, stroke);
            }
            Painting.Line(canvas, item.Text, x + Swatch + 5, Size * 1.05f, Size, Painting.Ink);
            x += Width(item);
        }
    }

    private static float Width(LegendItem item) => Swatch + 5 + Painting.Width(item.Text, Size) + Gap;
}

/// <summary>One entry of a legend.</summary>
internal sealed record LegendItem(string Text, string Colour, LegendKind Kind);

/// <summary>How the thing is drawn.</summary>
internal enum LegendKind
{
    /// <summary>An area.</summary>
    Fill,
    /// <summary>A solid outline.</summary>
    Solid,
    /// <summary>A dashed outline.</summary>
    Dashed,
}
