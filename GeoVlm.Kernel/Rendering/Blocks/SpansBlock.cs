using System.Globalization;
using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>A paragraph whose pieces have grounds of their own: tokens, n-grams, boxes named in a text.</summary>
internal sealed class SpansBlock(IReadOnlyList<Span> spans, string label = "") : Block
{
    private const float Size = TypeScale.Body,
        Line = Size * 1.7f;

    public override void WriteHtml(StringBuilder html)
    {
        html.Append("<div style=\"font-size:13px;line-height:1.7;white-space:pre-wrap;overflow-wrap:anywhere;max-width:56em\">");
        if (label.Length > 0)
            html.Append("<b>").Append(HtmlText.Encode(label)).Append("</b>: ");
        foreach (var span in spans)
        {
            string text = HtmlText.Encode(span.Text);
            if (span.IsPlain)
            {
                html.Append(text);
                continue;
            }
            html.Append("<span");
            if (span.Reference is { } reference)
                html.Append(CultureInfo.InvariantCulture, $" data-geo-ref=\"{reference}\"");
            if (span.Values is { } values)
                html.Append(
                    CultureInfo.InvariantCulture,
                    $" data-geo-token=\"{string.Join(';', values.Select(v => v.ToString("0.####", CultureInfo.InvariantCulture)))}\""
                );
            if (span.Title.Length > 0)
                html.Append(" title=\"").Append(HtmlText.Encode(span.Title)).Append('"');
            string ground = span.Colour is null ? "" : $";background:{Palette.Css(span.Colour, span.Opacity)}";
            string under = span.IsUnderlined ? ";border-bottom:2px solid currentColor" : "";
            html.Append($" style=\"border-radius:2px;padding:1px 0{ground}{under}\">").Append(text).Append("</span>");
        }
        html.Append("</div>");
    }

    public override void WriteText(StringBuilder text) =>
        text.Append(
                HtmlText.Clean(
                    (label.Length > 0 ? label + ": " : "") + string.Concat(spans.Select(s => s.IsUnderlined ? $"*{s.Text}*" : s.Text))
                )
            )
            .Append('\n');

    public override SKSize Measure(float maxWidth) => Lay(null, maxWidth);

    public override void Paint(SKCanvas canvas, float maxWidth) => Lay(canvas, maxWidth);

    private SKSize Lay(SKCanvas? canvas, float maxWidth)
    {
        float x = 0,
            y = 0,
            widest = 0;
        using SKFont font = Typeface.Font(Size),
            bold = Typeface.Font(Size, true);
        if (label.Length > 0)
            Put(new Span(label + ": "), label + ": ", bold);
        foreach (var span in spans)
        foreach (string piece in Pieces(HtmlText.Clean(span.Text)))
        {
            if (piece == "\n")
                (x, y) = (0, y + Line);
            else
                Put(span, piece, font);
        }
        return new(widest, y + Line);

        void Put(Span span, string piece, SKFont face)
        {
            for (string rest = piece; rest.Length > 0; )
            {
                float width = face.MeasureText(rest);
                if (x > 0 && x + face.MeasureText(rest.TrimEnd()) > maxWidth)
                    (x, y) = (0, y + Line);
                string part = rest;
                if (width > maxWidth && rest.Length > 1)
                {
                    int kept = Math.Clamp(face.BreakText(rest, maxWidth), 1, rest.Length - 1);
                    if (kept > 1 && char.IsHighSurrogate(rest[kept - 1]))
                        kept--;
                    part = rest[..kept];
                    width = face.MeasureText(part);
                }
                if (canvas is not null)
                    Draw(canvas, span, part, face, width);
                x += width;
                widest = Math.Max(widest, x);
                rest = rest[part.Length..];
            }
        }

        void Draw(SKCanvas target, Span span, string piece, SKFont face, float width)
        {
            if (span.Colour is not null)
            {
                using var ground = new SKPaint { Color = Palette.Sk(span.Colour, span.Opacity) };
                target.DrawRect(x, y + 2, width, Line - 4, ground);
            }
            using var ink = new SKPaint
            {
                Color = Painting.Ink,
                IsAntialias = true,
                StrokeWidth = 1.5f,
            };
            if (span.IsUnderlined)
                target.DrawLine(x, y + Line - 3, x + width, y + Line - 3, ink);
            target.DrawText(piece, x, y + Line * 0.5f + Size * 0.36f, SKTextAlign.Left, face, ink);
        }
    }

    // Words with the blanks after them, and line ends alone.
    private static IEnumerable<string> Pieces(string text)
    {
        text = text.ReplaceLineEndings("\n").Replace("\t", "    ");
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                if (i > start)
                    yield return text[start..i];
                yield return "\n";
                start = i + 1;
            }
            else if (text[i] == ' ' && (i + 1 == text.Length || text[i + 1] != ' '))
            {
                yield return text[start..(i + 1)];
                start = i + 1;
            }
        }
        if (start < text.Length)
            yield return text[start..];
    }
}

/// <summary>A piece of a paragraph.</summary>
/// <param name="Text">What it says.</param>
internal sealed record Span(string Text)
{
    /// <summary>Its ground ("#RRGGBB"); null for none.</summary>
    public string? Colour { get; init; }

    /// <summary>Opacity of the ground, 0 to 1.</summary>
    public double Opacity { get; init; } = 0.3;

    /// <summary>Whether a line stands under it: a second sign beside the colour.</summary>
    public bool IsUnderlined { get; init; }

    /// <summary>What a page says when the pointer rests on it.</summary>
    public string Title { get; init; } = "";

    /// <summary>Index of what it refers to in a picture beside it; null for none.</summary>
    public int? Reference { get; init; }

    /// <summary>Numbers that a page may colour it by; null for none.</summary>
    public IReadOnlyList<double>? Values { get; init; }

    /// <summary>Whether it is text and nothing else.</summary>
    public bool IsPlain => Colour is null && !IsUnderlined && Title.Length == 0 && Reference is null && Values is null;
}
