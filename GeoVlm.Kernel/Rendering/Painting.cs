using System.Text;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>Text on a canvas: one line, or wrapped. Text is cleaned first, so that nothing untrusted can make Skia fail.</summary>
internal static class Painting
{
    /// <summary>Text on a static picture, which always stands on white.</summary>
    public static readonly SKColor Ink = new(0x20, 0x20, 0x20);

    /// <summary>Height of a line of text, relative to its size.</summary>
    public const float LineHeight = TypeScale.LineHeight;

    /// <summary>Width of a line in pixels.</summary>
    public static float Width(string text, float size, bool bold = false)
    {
        using var font = Typeface.Font(size, bold);
        return font.MeasureText(HtmlText.Clean(text));
    }

    /// <summary>Draws a line with its baseline at <paramref name="baseline"/>.</summary>
    public static void Line(
        SKCanvas canvas,
        string text,
        float x,
        float baseline,
        float size,
        SKColor colour,
        bool bold = false,
        SKTextAlign align = SKTextAlign.Left
    )
    {
        using var font = Typeface.Font(size, bold);
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawText(HtmlText.Clean(text), x, baseline, align, font, paint);
    }

    /// <summary>Draws wrapped text with its top at <paramref name="y"/>; returns its height.</summary>
    public static float Paragraph(
        SKCanvas? canvas,
        string text,
        float x,
        float y,
        float width,
        float size,
        SKColor colour,
        bool bold = false
    )
    {
        using var font = Typeface.Font(size, bold);
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        float line = size * LineHeight,
            baseline = y + size * 1.05f;
        int count = 0;
        foreach (string row in Wrap(HtmlText.Clean(text), width, font))
        {
            canvas?.DrawText(row, x, baseline + count * line, SKTextAlign.Left, font, paint);
            count++;
        }
        return count * line;
    }

    /// <summary>The text cut to a width, with an ellipsis where something is missing.</summary>
    public static string Fit(string text, float width, float size, bool bold = false)
    {
        using var font = Typeface.Font(size, bold);
        text = HtmlText.Clean(text).ReplaceLineEndings(" ");
        if (font.MeasureText(text) <= width)
            return text;
        int kept = font.BreakText(text, Math.Max(0, width - font.MeasureText("…")));
        return HtmlText.Truncate(text, Math.Min(text.Length - 1, kept + 1));
    }

    private static IEnumerable<string> Wrap(string text, float width, SKFont font)
    {
        foreach (string paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var row = new StringBuilder();
            foreach (string word in paragraph.Replace("\t", "    ").Split(' '))
            {
                string rest = row.Length == 0 ? word : " " + word;
                if (row.Length > 0 && font.MeasureText(row + rest) > width)
                {
                    yield return row.ToString();
                    row.Clear();
                    rest = word;
                }
                while (row.Length == 0 && font.MeasureText(rest) > width && rest.Length > 1)
                {
                    int kept = Math.Clamp(font.BreakText(rest, width), 1, rest.Length - 1);
                    if (kept > 1 && char.IsHighSurrogate(rest[kept - 1]))
                        kept--;
                    yield return rest[..kept];
                    rest = rest[kept..];
                }
                row.Append(rest);
            }
            yield return row.ToString();
        }
    }
}
