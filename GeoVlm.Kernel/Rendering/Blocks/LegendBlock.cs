using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>What the colours and shapes of a picture mean: one style for all of them. Long ones wrap.</summary>
internal sealed class LegendBlock(params IReadOnlyList<LegendItem> items) : Block
{
    private const float Size = TypeScale.Caption,
        Swatch = 14,
        LineSwatch = 21,
        Gap = 16,
        Row = Size * TypeScale.LineHeight + 2;

    public override void WriteHtml(StringBuilder html)
    {
        html.Append("<div style=\"font-size:12px;max-width:64em\">");
        foreach (var item in items)
        {
            html.Append("<span style=\"display:inline-block;white-space:nowrap;margin-right:16px\">");
            if (item.Mark is { } mark)
                html.Append($"<b style=\"color:{item.Colour};margin-right:5px\">{MatchStyle.Sign(mark)}</b>");
            else
            {
                string line = item.Kind switch
                {
                    LegendKind.Fill => $"background:{Palette.Css(item.Colour, item.Opacity)};outline:1px solid {Border};height:11px",
                    LegendKind.Dashed =>
                        $"background:repeating-linear-gradient(90deg,{item.Colour} 0 5px,transparent 5px 8px) center/100% 2px no-repeat #333;height:11px",
                    _ => $"background:linear-gradient({item.Colour},{item.Colour}) center/100% 2px no-repeat #333;height:11px",
                };
                html.Append(
                    $"<span style=\"display:inline-block;width:{(item.Kind == LegendKind.Fill ? Swatch : LineSwatch)}px;{line};vertical-align:-1px;margin-right:5px\"></span>"
                );
            }
            html.Append(HtmlText.Encode(item.Text)).Append("</span> ");
        }
        html.Append("</div>");
    }

    public override void WriteText(StringBuilder text) { }

    public override SKSize Measure(float maxWidth) => items.Count == 0 ? SKSize.Empty : Lay(null, maxWidth);

    public override void Paint(SKCanvas canvas, float maxWidth) => Lay(canvas, maxWidth);

    private SKSize Lay(SKCanvas? canvas, float maxWidth)
    {
        float x = 0,
            y = 0,
            widest = 0;
        foreach (var item in items)
        {
            float width = Start(item) + Painting.Width(item.Text, Size) + Gap;
            if (x > 0 && x + width > maxWidth)
                (x, y) = (0, y + Row);
            if (canvas is not null)
                Paint(canvas, item, x, y);
            x += width;
            widest = Math.Max(widest, x);
        }
        return new(widest, y + Row);
    }

    // From its left edge to its text. An outline is shown by a piece of its line, long enough for dashes.
    private static float Start(LegendItem item) => (item.Mark is null && item.Kind != LegendKind.Fill ? LineSwatch : Swatch) + 5;

    private static void Paint(SKCanvas canvas, LegendItem item, float x, float y)
    {
        var swatch = new SKRect(x + 1, y + 3, x + Start(item) - 5, y + Size + 1);
        if (item.Mark is { } mark)
            MatchStyle.Mark(canvas, mark, swatch.MidX, swatch.MidY, 5, item.Colour);
        else
        {
            using var paint = new SKPaint
            {
                Color = item.Kind == LegendKind.Fill ? Palette.Sk(item.Colour, item.Opacity) : new SKColor(0x33, 0x33, 0x33),
            };
            canvas.DrawRect(swatch, paint);
            using var edge = new SKPaint { Color = new SKColor(0x80, 0x80, 0x80, 115), Style = SKPaintStyle.Stroke };
            canvas.DrawRect(swatch, edge);
        }
        if (item.Mark is null && item.Kind != LegendKind.Fill)
        {
            using var dash = item.Kind == LegendKind.Dashed ? SKPathEffect.CreateDash([5, 3], 0) : null;
            using var stroke = new SKPaint
            {
                Color = Palette.Sk(item.Colour),
                Style = SKPaintStyle.Stroke,
                StrokeWidth = 2,
                PathEffect = dash,
            };
            canvas.DrawLine(swatch.Left, swatch.MidY, swatch.Right, swatch.MidY, stroke);
        }
        Painting.Line(canvas, item.Text, x + Start(item), y + Size * 1.05f, Size, Painting.Ink);
    }
}

/// <summary>One entry of a legend.</summary>
internal sealed record LegendItem(string Text, string Colour, LegendKind Kind)
{
    /// <summary>The shape that stands for it in place of a swatch; null for none.</summary>
    public MatchState? Mark { get; init; }

    /// <summary>Opacity of an area, as strong as the tint that it explains.</summary>
    public double Opacity { get; init; } = 1;

    /// <summary>The entry of a match state.</summary>
    public static LegendItem Of(MatchState state) =>
        new(MatchStyle.Name(state), MatchStyle.Colour(state), LegendKind.Fill) { Mark = state };
}

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
