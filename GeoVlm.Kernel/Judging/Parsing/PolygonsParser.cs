using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads outlines: flat lists <c>[x1,y1,x2,y2,x3,y3,…]</c>, rings of points
/// <c>[[x,y],[x,y],…]</c>, or WKT <c>POLYGON ((x y, x y, …))</c>.</summary>
/// <remarks>Each becomes a <see cref="LabelledBox"/> whose <see cref="LabelledBox.Outline"/> is the ring (without its repeated end) and
/// whose box its bounds.</remarks>
public sealed partial class PolygonsParser : IAnswerParser
{
    /// <summary>Most corners of one outline.</summary>
    public const int MaximumCorners = 256;

    /// <summary>Longest text accepted, in characters.</summary>
    public const int MaximumLength = 16_384;

    /// <inheritdoc/>
    public string Expects => "outlines as [x1,y1,x2,y2,x3,y3,…], joined by commas";

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure)
    {
        text = PlainPunctuation.Of(text);
        answer = null;
        failure =
            text.Length > MaximumLength
                ? new ParseFailure($"the answer has {text.Length} characters, more than {MaximumLength}", MaximumLength)
                : null;
        if (failure is not null)
            return false;
        var outlines = new List<LabelledBox>();
        foreach (var (numbers, start) in Rings(text))
        {
            failure ??=
                numbers.Count % 2 != 0 ? new ParseFailure($"an outline with {numbers.Count} numbers, expected pairs", start)
                : numbers.Count < 6 ? new ParseFailure($"an outline with {numbers.Count / 2} corners, expected at least 3", start)
                : numbers.Count > 2 * MaximumCorners ? new ParseFailure($"an outline with more than {MaximumCorners} corners", start)
                : numbers.Any(n => Math.Abs(n) > BoxesParser.MaximumCoordinate)
                    ? new ParseFailure($"a number is beyond ±{BoxesParser.MaximumCoordinate:0}", start)
                : outlines.Count == BoxesParser.MaximumBoxes ? new ParseFailure($"more than {BoxesParser.MaximumBoxes} outlines", start)
                : null;
            if (failure is not null)
                return false;
            var ring = Polygon.FromRing([.. numbers.Chunk(2).Select(p => (p[0], p[1]))]);
            outlines.Add(new LabelledBox(ring.Bounds()) { Outline = ring, Oriented = ring.MinimumAreaRectangle() });
        }
        if (outlines.Count == 0 && text.Trim() is not ("" or "[]"))
            failure = new ParseFailure($"no outline in the answer, expected {Expects}", 0);
        if (failure is null)
            answer = new BoxesAnswer(outlines, frame);
        return failure is null;
    }

    /// <summary>The numbers of each ring: neighbouring pairs in brackets belong to one ring until two brackets close together.</summary>
    private static IEnumerable<(List<double> Numbers, int Start)> Rings(string text)
    {
        var ring = new List<double>();
        int start = 0;
        foreach (Match match in Token().Matches(text))
        {
            if (match.Groups["close"].Success)
            {
                // "]]" or "))" ends a ring; a lone bracket ends a flat list, but only a point inside a ring of points.
                bool ends = match.Length > 1 || ring.Count != 2 && !IsRingOfPoints(text, start);
                if (ends && ring.Count > 0)
                {
                    yield return (ring, start);
                    ring = [];
                }
            }
            else
            {
                if (ring.Count == 0)
                    start = match.Index;
                ring.Add(double.Parse(match.ValueSpan, CultureInfo.InvariantCulture));
            }
        }
        if (ring.Count > 0)
            yield return (ring, start);
    }

    // "[[1,2],…" : two brackets stand before the first number, and only two numbers before the next bracket.
    private static bool IsRingOfPoints(string text, int start)
    {
        int end = text.IndexOfAny([']', '['], start);
        return end > 0 && text.AsSpan(start, end - start).Count(',') == 1;
    }

    [GeneratedRegex(@"(?<close>(?:\]\s{0,9}\])+|(?:\)\s{0,9}\))+|\]|\))|[-+]?[0-9]{1,12}(?:\.[0-9]{1,12})?")]
    private static partial Regex Token();
}
