using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>The points that an answer in JSON gives beside its boxes: <c>point_2d</c>
/// (VisionReasoner), <c>points_1</c> and <c>points_2</c> (Seg-Zero).</summary>
internal static partial class WrittenPoints
{
    private const int Most = BoxesParser.MaximumBoxes;

    /// <summary>In the order written, in a sample's original pixels; none where the answer is absent or too long.</summary>
    /// <param name="completion">Its answer as written, and the frame it was written in.</param>
    /// <param name="original">The sample's pixels.</param>
    public static IReadOnlyList<(double X, double Y)> Of(ParsedCompletion completion, CoordinateFrame original)
    {
        if (completion.WrittenAnswer is not { Length: <= BoxesParser.MaximumLength } answer)
            return [];
        return
        [
            .. Point()
                .Matches(answer)
                .Take(Most)
                .Select(m => (Number(m, 1), Number(m, 2)))
                .Select(p => completion.WrittenFrame is { } frame ? frame.Convert(p, original) : p),
        ];
    }

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        """["']points?(?:_2d|_[0-9])?["']\s{0,9}:\s{0,9}\[\s{0,9}(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s{0,9},\s{0,9}(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s{0,9}\]"""
    )]
    private static partial Regex Point();
}
