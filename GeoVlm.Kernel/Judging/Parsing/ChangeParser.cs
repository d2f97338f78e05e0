using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads what changed: boxes, or a grid of 0 and 1 that covers the image, as rows on lines or in brackets.</summary>
/// <remarks><c>0110\n0000</c>, <c>0 1 1 0</c> over lines, and <c>[[0,1,1],[0,0,0]]</c> are grids. Bracketed rows of four or five numbers
/// are boxes, so a grid of that width is written without brackets.</remarks>
public sealed class ChangeParser : IAnswerParser
{
    /// <summary>Most rows or columns of a grid.</summary>
    public const int MaximumSide = 64;

    private readonly BoxesParser boxes = new();

    /// <inheritdoc/>
    public string Expects => "boxes as [x1,y1,x2,y2], joined by commas, or rows of 0 and 1";

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure)
    {
        text = PlainPunctuation.Of(text);
        if (!LooksLikeGrid(text))
            return boxes.TryParse(text, frame, out answer, out failure);
        answer = null;
        string[] lines = text.Contains('[')
            ? text.Split(']', StringSplitOptions.RemoveEmptyEntries).Where(l => l.AsSpan().ContainsAny('0', '1')).ToArray()
            : text.Trim().Split('\n');
        bool[][] rows = [.. lines.Select(line => line.Where(c => c is '0' or '1').Select(c => c == '1').ToArray())];
        failure =
            rows.Length > MaximumSide || rows[0].Length > MaximumSide
                ? new ParseFailure($"a grid of {rows.Length} rows and {rows[0].Length} columns, at most {MaximumSide} of each", 0)
            : Array.FindIndex(rows, r => r.Length != rows[0].Length) is > 0 and var odd
                ? new ParseFailure(
                    $"row {odd + 1} has {rows[odd].Length} cells, the first {rows[0].Length}",
                    text.IndexOf(lines[odd], StringComparison.Ordinal)
                )
            : null;
        if (failure is null)
            answer = new MaskAnswer(new Mask(rows[0].Length, rows.Length, [.. rows.SelectMany(r => r)]));
        return failure is null;
    }

    // Nothing but 0, 1 and what parts them, no two-digit number in brackets, and not the shape of a list of boxes.
    private static bool LooksLikeGrid(string text)
    {
        if (text.Length > BoxesParser.MaximumLength * 2 || !text.AsSpan().ContainsAny('0', '1'))
            return false;
        if (text.AsSpan().ContainsAnyExcept("01[], \r\n\t;"))
            return false;
        if (!text.Contains('['))
            return true;
        string[] rows = [.. text.Split(']').Where(r => r.AsSpan().ContainsAny('0', '1'))];
        return rows.Length > 1
            && rows.All(r => r.Split(',').Count(c => c.AsSpan().ContainsAny('0', '1')) is not (4 or 5) || !r.Contains(','));
    }
}
