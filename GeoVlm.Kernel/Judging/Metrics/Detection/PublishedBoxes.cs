using System.Globalization;
using System.Text;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>Boxes as EarthDial's scripts read and compare them: groups of numbers in
/// brackets, <c>[x1,y1,x2,y2,angle]</c> in per cent of each side.</summary>
/// <remarks>The published reader knows neither minus signs nor decimals: such groups vanish from references and answers alike. Rotation is
/// counter-clockwise on screen. Linear in the length of the text.</remarks>
public static class PublishedBoxes
{
    /// <summary>Most groups read from one text.</summary>
    public const int MaximumGroups = 2_000;

    /// <summary>Reads every innermost bracket that holds numbers alone.</summary>
    /// <param name="text">Untrusted.</param>
    /// <param name="signed">True to read minus signs and decimals as well; false for the published reader.</param>
    /// <returns>The numbers of each group, however many; coordinates are whatever the text says.</returns>
    public static IReadOnlyList<double[]> Read(string text, bool signed)
    {
        var groups = new List<double[]>();
        int open = -1;
        for (int i = 0; i < text.Length && groups.Count < MaximumGroups; i++)
        {
            if (text[i] == '[')
                open = i;
            else if (text[i] == ']')
            {
                if (open >= 0 && Numbers(text.AsSpan(open + 1, i - open - 1), signed) is { } numbers)
                    groups.Add(numbers);
                open = -1;
            }
        }
        return groups;
    }

    /// <summary>Overlap of two groups as rotated rectangles, 0 to 1; 0 unless both hold five numbers and enclose an area.</summary>
    public static double IoU(double[] a, double[] b) =>
        a.Length != 5 || b.Length != 5 ? 0
        : a[4] == 0 && b[4] == 0 ? Sorted(a).IoU(Sorted(b))
        : Rectangle(a).IoU(Rectangle(b));

    /// <summary>The rotated rectangle of five numbers; crossed corners are the same
    /// rectangle as sorted ones, as in the published code.</summary>
    public static OrientedBox Rectangle(double[] group) =>
        OrientedBox.FromTurned(Sorted(group), group[4], AngleConvention.CounterClockwiseDegrees);

    private static Box Sorted(double[] group) =>
        new(Math.Min(group[0], group[2]), Math.Min(group[1], group[3]), Math.Max(group[0], group[2]), Math.Max(group[1], group[3]));

    /// <summary>Predictions that overlap any reference enough; a reference may serve many, as published.</summary>
    public static int HitsOfAny(IReadOnlyList<double[]> predicted, IReadOnlyList<double[]> references, double atLeast) =>
        predicted.Count(p => references.Any(r => IoU(p, r) >= atLeast));

    /// <summary>Predictions that, in order, find a reference of their own: each takes the best one still free.</summary>
    public static int HitsOneToOne(IReadOnlyList<double[]> predicted, IReadOnlyList<double[]> references, double atLeast)
    {
        var free = references.ToList();
        int hits = 0;
        foreach (double[] box in predicted)
        {
            if (
                free.Select(r => (Reference: r, Overlap: IoU(box, r)))
                    .Where(r => r.Overlap >= atLeast)
                    .OrderByDescending(r => r.Overlap)
                    .FirstOrDefault()
                    .Reference
                is not { } best
            )
                continue;
            free.Remove(best);
            hits++;
        }
        return hits;
    }

    /// <summary>A description without its <c>&lt;ref&gt;</c> tags and its boxes, as
    /// EarthDial compares the words of grounded descriptions.</summary>
    public static string TextWithout(string text)
    {
        string words = text.Replace("<ref>", "", StringComparison.Ordinal).Replace("</ref>", "", StringComparison.Ordinal);
        var kept = new StringBuilder(words.Length);
        var (tagged, bare) = (new NextMatch(words, "]]</box>"), new NextMatch(words, "]]"));
        for (int i = 0; i < words.Length; )
        {
            int end = At(words, i, "<box>[[") ? tagged.EndOnLine(i + 7) : -1;
            if (end < 0 && At(words, i, "[["))
                end = bare.EndOnLine(i + 2);
            if (end >= 0)
                i = end;
            else
                kept.Append(words[i++]);
        }
        return kept.ToString();
    }

    private static bool At(string text, int i, string what) => string.CompareOrdinal(text, i, what, 0, what.Length) == 0;

    /// <summary>The numbers of "1, 2, 3": a comma right after each number, blanks after it; null for anything else.</summary>
    private static double[]? Numbers(ReadOnlySpan<char> group, bool signed)
    {
        if (group.Length > 1_000)
            return null;
        var numbers = new List<double>(5);
        var trimmed = group.Trim();
        foreach (var part in trimmed.Split(','))
        {
            var number = trimmed[part];
            // Published: white space only behind a comma.
            number = numbers.Count == 0 ? number : number.TrimStart();
            if (signed)
                number = number.Trim();
            bool digits = !number.IsEmpty && number.IndexOfAnyExceptInRange('0', '9') < 0;
            if (!digits && !(signed && number.IndexOfAnyExcept("+-.0123456789eE") < 0))
                return null;
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(Math.Abs(value) <= 1e9))
                return null;
            numbers.Add(value);
        }
        return [.. numbers];
    }

    /// <summary>Finds the next occurrence at or after rising positions, each searched once.</summary>
    private sealed class NextMatch(string text, string what)
    {
        private int at = -2;

        /// <summary>Where the occurrence ends, if no line break comes before it; −1 otherwise.</summary>
        public int EndOnLine(int from)
        {
            if (at != -1 && at < from)
                at = text.IndexOf(what, from, StringComparison.Ordinal);
            return at < 0 || text.AsSpan(from, at - from).Contains('\n') ? -1 : at + what.Length;
        }
    }
}
