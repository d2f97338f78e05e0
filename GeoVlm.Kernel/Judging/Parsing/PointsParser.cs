using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads points: <c>[x,y]</c>, <c>(x,y)</c>, Qwen's <c>{"point_2d": [x,y]}</c>, or
/// <c>&lt;point&gt;x y&lt;/point&gt;</c>, any number of them.</summary>
public sealed partial class PointsParser : IAnswerParser
{
    /// <inheritdoc/>
    public string Expects => "points as [x,y], joined by commas";

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure)
    {
        text = PlainPunctuation.Of(text);
        answer = null;
        failure =
            text.Length > BoxesParser.MaximumLength
                ? new ParseFailure(
                    $"the answer has {text.Length} characters, more than {BoxesParser.MaximumLength}",
                    BoxesParser.MaximumLength
                )
                : null;
        if (failure is not null)
            return false;
        var points = new List<(double, double)>();
        foreach (Match match in Pair().Matches(text))
        {
            double x = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                y = double.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            if (points.Count == BoxesParser.MaximumBoxes)
                failure ??= new ParseFailure($"more than {BoxesParser.MaximumBoxes} points", match.Index);
            else if (Math.Abs(x) > BoxesParser.MaximumCoordinate || Math.Abs(y) > BoxesParser.MaximumCoordinate)
                failure ??= new ParseFailure($"a number is beyond ±{BoxesParser.MaximumCoordinate:0}", match.Index);
            else
                points.Add((x, y));
        }
        if (points.Count == 0 && text.Trim() is not ("" or "[]"))
            failure ??= new ParseFailure($"no point in the answer, expected {Expects}", 0);
        if (failure is null)
            answer = new PointsAnswer(points, frame);
        return failure is null;
    }

    [GeneratedRegex(
        @"(?:\[|\(|<point>)\s{0,9}([-+]?[0-9]{1,12}(?:\.[0-9]{1,12})?)[\s,]{1,9}([-+]?[0-9]{1,12}(?:\.[0-9]{1,12})?)\s{0,9}(?:\]|\)|</point>)"
    )]
    private static partial Regex Pair();
}
