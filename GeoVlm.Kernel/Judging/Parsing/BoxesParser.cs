using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads boxes <c>[x1,y1,x2,y2]</c>, one after the other or inside further brackets; a fifth number, an angle, is dropped.</summary>
/// <remarks>
/// Blanks, decimals, signs, and commas or nothing between boxes are fine, so EarthDial's <c>[[1,2,3,4,0]][[5,6,7,8,0]]</c> reads as well. Nothing
/// and <c>[]</c> both mean "no boxes", since that is how a reference without boxes is written. Words around the boxes are a failure. A box
/// with an angle is taken by its first four numbers, as the paper turns rotated boxes horizontal before it rewards them.
/// </remarks>
public sealed class BoxesParser : IAnswerParser
{
    /// <summary>Most boxes accepted.</summary>
    public const int MaximumBoxes = 100;
    /// <summary>Longest text accepted, in characters.</summary>
    public const int MaximumLength = 4096;
    /// <summary>Largest coordinate accepted, either sign, in units of the frame; no image is that wide.</summary>
    public const double MaximumCoordinate = 1e6;
    /// <summary>Most brackets around a number.</summary>
    public const int MaximumDepth = 4;

    /// <inheritdoc/>
    public string Expects => "boxes as [x1,y1,x2,y2], joined by commas";

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure)
    {
        var boxes = new List<LabelledBox>();
        failure = text.Length > MaximumLength
            ? new ParseFailure($"the answer has {text.Length} characters, more than {MaximumLength}", MaximumLength)
            : new Scanner(text).Read(boxes);
        answer = failure is null ? new BoxesAnswer(boxes, frame) : null;
        return failure is null;
    }

    /// <summary>One pass over the text, no recursion: brackets around boxes are only counted.</summary>
    private sealed class Scanner(string text)
    {
        private int at;

        public ParseFailure? Read(List<LabelledBox> boxes)
        {
            int depth = 0;
            bool afterItem = false, afterComma = false;
            while (true)
            {
                SkipBlanks();
                char next = at < text.Length ? text[at] : '\0';
                if (at == text.Length && depth == 0 && !afterComma) return null;
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
                        if (ReadBox(boxes) is { } failure) return failure;
                        afterItem = true;
                    }
                    else if (++depth >= MaximumDepth) return Fail($"more than {MaximumDepth} brackets deep", at - 1);
                }
                else return Fail($"found {Found()}, expected '['{(depth > 0 && !afterComma ? " or ']'" : "")}", at);
            }
        }

        /// <summary>Reads the numbers after an opening bracket, and the closing one.</summary>
        private ParseFailure? ReadBox(List<LabelledBox> boxes)
        {
            int start = at;
            Span<double> numbers = stackalloc double[5];
            int count = 0;
            while (true)
            {
                SkipBlanks();
                int from = at;
                while (at < text.Length && text[at] is not (',' or '[' or ']') && !char.IsWhiteSpace(text[at])) at++;
                if (!double.TryParse(text.AsSpan(from, at - from), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
                {
                    at = from;
                    return Fail($"found {Found()}, expected a number", from);
                }
                if (Math.Abs(value) > MaximumCoordinate) return Fail($"the number is beyond ±{MaximumCoordinate:0}", from);
                if (count == numbers.Length) return Fail("a box with more than 5 numbers, expected 4", from);
                numbers[count++] = value;
                SkipBlanks();
                if (at < text.Length && text[at] == ']') break;
                if (at == text.Length || text[at] != ',') return Fail($"found {Found()}, expected ',' or ']'", at);
                at++;
            }
            at++;
            if (count < 4) return Fail($"a box with {count} number{(count == 1 ? "" : "s")}, expected 4", start);
            var box = new Box(numbers[0], numbers[1], numbers[2], numbers[3]);
            if (box.Width < 0 || box.Height < 0) return Fail("crossed corners, expected x1 ≤ x2 and y1 ≤ y2", start);
            if (boxes.Count == MaximumBoxes) return Fail($"more than {MaximumBoxes} boxes", start);
            boxes.Add(new LabelledBox(box));
            return null;
        }

        private void SkipBlanks()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        }

        private string Found() => at == text.Length ? "the end of the answer" : $"'{text[at..Math.Min(text.Length, at + 12)]}'";

        private static ParseFailure Fail(string reason, int position) => new(reason, position);
    }
}
