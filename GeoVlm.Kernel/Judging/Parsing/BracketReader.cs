using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Dialects;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>One pass over the text, no recursion: brackets around boxes are only counted.</summary>
internal sealed class BracketReader(string text)
{
    private const int MostNumbers = 8;
    private int at;

    public ParseFailure? Read(List<LabelledBox> boxes)
    {
        int depth = 0;
        bool afterItem = false,
            afterComma = false;
        while (true)
        {
            SkipBlanks();
            char next = at < text.Length ? text[at] : '\0';
            if (at == text.Length && depth == 0 && !afterComma)
                return null;
            if (next == ',' && afterItem)
            {
                at++;
                (afterItem, afterComma) = (false, true);
            }
            else if (next == ']' && depth > 0 && !afterComma)
            {
                at++;
                depth--;
                afterItem = true;
            }
            else if (next == '[')
            {
                at++;
                SkipBlanks();
                (afterItem, afterComma) = (false, false);
                if (at < text.Length && text[at] is not ('[' or ']'))
                {
                    if (ReadBox(boxes) is { } failure)
                        return failure;
                    afterItem = true;
                }
                else if (++depth >= BoxesParser.MaximumDepth)
                    return Fail($"more than {BoxesParser.MaximumDepth} brackets deep", at - 1);
            }
            else
                return Fail($"found {Found()}, expected '['{(depth > 0 && !afterComma ? " or ']'" : "")}", at);
        }
    }

    /// <summary>Reads the numbers after an opening bracket, and the closing one.</summary>
    private ParseFailure? ReadBox(List<LabelledBox> boxes)
    {
        int start = at;
        Span<double> numbers = stackalloc double[MostNumbers];
        int count = 0;
        while (true)
        {
            SkipBlanks();
            int from = at;
            while (at < text.Length && text[at] is not (',' or '[' or ']') && !char.IsWhiteSpace(text[at]))
                at++;
            if (
                !double.TryParse(text.AsSpan(from, at - from), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                || !double.IsFinite(value)
            )
            {
                at = from;
                return Fail($"found {Found()}, expected a number", from);
            }
            if (Math.Abs(value) > BoxesParser.MaximumCoordinate)
                return Fail($"the number is beyond ±{BoxesParser.MaximumCoordinate:0}", from);
            if (count == numbers.Length)
                return Fail($"a box with more than {MostNumbers} numbers, expected 4", from);
            numbers[count++] = value;
            SkipBlanks();
            if (at < text.Length && text[at] == ']')
                break;
            if (at == text.Length || text[at] != ',')
                return Fail($"found {Found()}, expected ',' or ']'", at);
            at++;
        }
        at++;
        if (count is not (4 or 5 or 8))
            return Fail($"a box with {Counted.Of(count, "number")}, expected 4 (5 with an angle, 8 for four corners)", start);
        if (count < 8 && (numbers[2] < numbers[0] || numbers[3] < numbers[1]))
            return Fail("crossed corners, expected x1 ≤ x2 and y1 ≤ y2", start);
        if (boxes.Count == BoxesParser.MaximumBoxes)
            return Fail($"more than {BoxesParser.MaximumBoxes} boxes", start);
        boxes.Add(
            count == 4
                ? new LabelledBox(new Box(numbers[0], numbers[1], numbers[2], numbers[3]))
                : new ReadBox(numbers[..count].ToArray(), start, at - start, "").ToLabelledBox(AngleSense.CounterClockwise)
        );
        return null;
    }

    private void SkipBlanks()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
    }

    private string Found() => at == text.Length ? "the end of the answer" : $"'{text[at..Math.Min(text.Length, at + 12)]}'";

    private static ParseFailure Fail(string reason, int position) => new(reason, position);
}
