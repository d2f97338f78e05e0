using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>One cell of a table.</summary>
/// <param name="Text">What it says.</param>
/// <param name="IsNumber">Whether it stands to the right.</param>
internal sealed record Cell(string Text, bool IsNumber = false)
{
    /// <summary>Length of a bar before the text, 0 to 1; null for none.</summary>
    public double? Bar { get; init; }

    /// <summary>Bold on a tinted ground in this colour ("#RRGGBB"); null for none.</summary>
    public string? Highlight { get; init; }

    /// <summary>Whether a page must not break it, however narrow.</summary>
    public bool IsWhole { get; init; }

    /// <summary>A ground of this colour and opacity under plain text; null for none.</summary>
    public (string Colour, double Opacity)? Tint { get; init; }
}

/// <summary>A table with a header, unless every header is empty. Long cells wrap.</summary>
internal sealed partial class TableBlock(
    IReadOnlyList<string> headers,
    IReadOnlyList<IReadOnlyList<Cell>> rows,
    string barColour = Palette.Blue,
    float barWidth = 90
) : Block
{
    private const float Size = TypeScale.Table,
        Padding = 8,
        BarHeight = 9,
        MaxColumn = 320;

    /// <summary>What each row refers to in a picture beside the table; null for nothing.</summary>
    public IReadOnlyList<int>? RowReferences { get; init; }

    private bool HasHeader => headers.Any(h => h.Length > 0);

    public override void WriteHtml(StringBuilder html)
    {
        html.Append("<table style=\"border-collapse:collapse;border:none;margin:0;font-size:12.5px\">");
        if (HasHeader)
        {
            html.Append("<tr style=\"background:none\">");
            for (int c = 0; c < headers.Count; c++)
                html.Append($"<th {Style(IsNumberColumn(c), $"border-bottom:1.5px solid {Border};font-weight:600")}>")
                    .Append(HtmlText.Encode(headers[c]))
                    .Append("</th>");
            html.Append("</tr>");
        }
        foreach (var (i, row) in rows.Index())
        {
            html.Append(
                RowReferences is null
                    ? "<tr style=\"background:none\">"
                    : $"<tr data-geo-ref=\"{RowReferences[i]}\" style=\"background:none\">"
            );
            foreach (var cell in row)
                WriteCell(html, cell);
            html.Append("</tr>");
        }
        html.Append("</table>");
    }

    private void WriteCell(StringBuilder html, Cell cell)
    {
        string tint =
            cell.Highlight is not null ? $";background:{Palette.Css(cell.Highlight, 0.22)};font-weight:600"
            : cell.Tint is { } ground ? $";background:{Palette.Css(ground.Colour, ground.Opacity)}"
            : "";
        html.Append($"<td {Style(cell.IsNumber, $"border-bottom:1px solid rgba(128,128,128,.2){tint}{Breaking(cell)}")}>");
        if (cell.Bar is { } bar)
            html.Append(
                    CultureInfo.InvariantCulture,
                    $"<span style=\"display:inline-block;width:{barWidth}px;height:{BarHeight}px;margin-right:6px;background:rgba(128,128,128,.25)\">"
                )
                .Append(
                    CultureInfo.InvariantCulture,
                    $"<span style=\"display:block;width:{100 * Fraction(bar):0.#}%;height:{BarHeight}px;background:{barColour}\"></span></span>"
                );
        // An interval and the mark behind it stay on one line; a list without blanks may break behind its commas, a long name behind
        // its joints.
        string text = HtmlText.Encode(Interval().Replace(cell.Text, found => found.Value.Replace(' ', '\u00A0')));
        text = ListComma().Replace(text, ",<wbr>");
        text = LongName().Replace(text, name => Joint().Replace(name.Value, "$0<wbr>"));
        html.Append(cell.Highlight is null ? text : $"<b>{text}</b>").Append("</td>");
    }

    public override void WriteText(StringBuilder text)
    {
        string[][] grid = [.. (HasHeader ? new[] { headers.ToArray() } : []), .. rows.Select(r => r.Select(c => c.Text).ToArray())];
        grid = [.. grid.Select(r => r.Select(t => HtmlText.Truncate(HtmlText.Clean(t).ReplaceLineEndings(" "), 60)).ToArray())];
        int[] widths =
        [
            .. Enumerable
                .Range(0, grid.Length == 0 ? 0 : grid.Max(r => r.Length))
                .Select(c => grid.Max(r => c < r.Length ? r[c].Length : 0)),
        ];
        foreach (var row in grid)
            text.Append(string.Join("  ", row.Select((t, c) => IsNumberColumn(c) ? t.PadLeft(widths[c]) : t.PadRight(widths[c]))).TrimEnd())
                .Append('\n');
    }

    public override SKSize Measure(float maxWidth)
    {
        float[] widths = Widths();
        return new(widths.Sum(), (HasHeader ? Row : 0) + rows.Sum(r => RowHeight(r, widths)));
    }

    public override void Paint(SKCanvas canvas, float maxWidth)
    {
        float[] widths = Widths();
        float y = 0,
            total = widths.Sum();
        using var rule = new SKPaint { Color = new SKColor(0xC8, 0xC8, 0xC8), StrokeWidth = 1 };
        if (HasHeader)
        {
            float x = 0;
            for (int c = 0; c < headers.Count; x += widths[c++])
                PaintText(canvas, headers[c], x, y, widths[c], IsNumberColumn(c), true);
            y += Row;
            canvas.DrawLine(0, y, total, y, rule);
        }
        foreach (var row in rows)
        {
            float x = 0,
                height = RowHeight(row, widths);
            for (int c = 0; c < row.Count; x += widths[c++])
                PaintCell(canvas, row[c], x, y, widths[c], height);
            y += height;
            canvas.DrawLine(0, y, total, y, rule);
        }
    }

    private const float Row = Size * Painting.LineHeight + 6;

    private void PaintCell(SKCanvas canvas, Cell cell, float x, float y, float width, float height)
    {
        if ((cell.Highlight is { } highlight ? (highlight, 0.22) : cell.Tint) is { } tint)
        {
            using var ground = new SKPaint { Color = Palette.Sk(tint.Item1, tint.Item2) };
            canvas.DrawRect(x, y, width, height, ground);
        }
        if (cell.Bar is { } bar)
        {
            using var track = new SKPaint { Color = new SKColor(0xE2, 0xE2, 0xE2) };
            using var fill = new SKPaint { Color = Palette.Sk(barColour) };
            float top = y + (Row - BarHeight) / 2;
            canvas.DrawRect(x + Padding, top, barWidth, BarHeight, track);
            canvas.DrawRect(x + Padding, top, barWidth * (float)Fraction(bar), BarHeight, fill);
            x += barWidth + 6;
            width -= barWidth + 6;
        }
        PaintText(canvas, cell.Text, x, y, width, cell.IsNumber, cell.Highlight is not null);
    }

    private static void PaintText(SKCanvas canvas, string text, float x, float y, float width, bool toRight, bool bold)
    {
        if (toRight)
            Painting.Line(canvas, text, x + width - Padding, y + 3 + Size * 1.05f, Size, Painting.Ink, bold, SKTextAlign.Right);
        else
            Painting.Paragraph(canvas, text, x + Padding, y + 3, width - 2 * Padding + 0.5f, Size, Painting.Ink, bold);
    }

    private float[] Widths()
    {
        float[] widths = new float[Math.Max(headers.Count, rows.Count == 0 ? 0 : rows.Max(r => r.Count))];
        for (int c = 0; c < headers.Count; c++)
            widths[c] = Painting.Width(headers[c], Size, true) + 2 * Padding;
        foreach (var row in rows)
            for (int c = 0; c < row.Count; c++)
            {
                float text = row[c]
                    .Text.ReplaceLineEndings("\n")
                    .Split('\n')
                    .Max(t => Painting.Width(t, Size, row[c].Highlight is not null));
                float limit = row[c].IsNumber ? float.MaxValue : MaxColumn;
                widths[c] = Math.Max(widths[c], Math.Min(limit, text) + 2 * Padding + (row[c].Bar is null ? 0 : barWidth + 6));
            }
        return widths;
    }

    private float RowHeight(IReadOnlyList<Cell> row, float[] widths)
    {
        float height = Row;
        for (int c = 0; c < row.Count; c++)
            if (!row[c].IsNumber)
                height = Math.Max(
                    height,
                    6
                        + Painting.Paragraph(
                            null,
                            row[c].Text,
                            0,
                            0,
                            widths[c] - 2 * Padding + 0.5f - (row[c].Bar is null ? 0 : barWidth + 6),
                            Size,
                            Painting.Ink
                        )
                );
        return height;
    }

    // A row that has nothing to say in a column of numbers leaves it one.
    private bool IsNumberColumn(int column)
    {
        var cells = rows.Where(r => column < r.Count).Select(r => r[column]).Where(c => c.Text.Length > 0).ToArray();
        return cells.Length > 0 && cells.All(c => c.IsNumber);
    }

    // A page must not break what is whole, nor squeeze a sentence into a column of single words.
    private static string Breaking(Cell cell) =>
        cell.Bar is not null || cell.IsWhole ? ";white-space:nowrap"
        : !cell.IsNumber && cell.Text.Length > 24 ? ";min-width:11em"
        : "";

    private static double Fraction(double bar) => double.IsNaN(bar) ? 0 : Math.Clamp(bar, 0, 1);

    [GeneratedRegex(@"\[[-−+.,%\d ]{3,60}\]( [▲▼])?", RegexOptions.NonBacktracking)]
    private static partial Regex Interval();

    [GeneratedRegex(",(?=[A-Za-z])")]
    private static partial Regex ListComma();

    // Encoded text holds < only before wbr.
    [GeneratedRegex(@"[^\s<>]{18,}", RegexOptions.NonBacktracking)]
    private static partial Regex LongName();

    [GeneratedRegex(@"(?<=\w)([_=/](?=\w)|\.(?=[A-Za-z_]))")]
    private static partial Regex Joint();

    private static string Style(bool toRight, string more)
    {
        string align = toRight ? "right" : "left";
        return $"align=\"{align}\" style=\"text-align:{align};padding:3px 6px;border:none;vertical-align:top;white-space:pre-wrap;max-width:30em;overflow-wrap:break-word;{more}\"";
    }
}
