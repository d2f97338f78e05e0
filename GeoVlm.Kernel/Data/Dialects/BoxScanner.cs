using System.Globalization;
using System.Text.RegularExpressions;

namespace GeoVlm.Data.Dialects;

/// <summary>Finds the lists of numbers in a text, one method for each way of writing
/// them. Every method takes time linear in the text.</summary>
internal static partial class BoxScanner
{
    /// <summary>A list of numbers and where it stands; <c>Closed</c> is false where the text ends inside it.</summary>
    internal readonly record struct Found(IReadOnlyList<double> Numbers, int Start, int Length, bool Closed)
    {
        /// <summary>The label that stands beside the numbers in the same JSON object; null elsewhere.</summary>
        public string? Label { get; init; }

        public bool IsPoint { get; init; }

        /// <summary>True for brackets with something inside that are no list of numbers.</summary>
        public bool NotNumbers { get; init; }
    }

    /// <summary><c>{&lt;x1&gt;&lt;y1&gt;&lt;x2&gt;&lt;y2&gt;|&lt;angle&gt;}</c>, HTML-escaped or not.</summary>
    public static IEnumerable<Found> Braces(string text)
    {
        foreach (Match match in Brace().Matches(text))
            yield return new Found(
                [.. match.Groups["n"].Captures.Select(c => Number(c.ValueSpan))],
                match.Index,
                match.Length,
                match.Groups["end"].Success
            );
    }

    /// <summary>The innermost square brackets: <c>[x1, y1, x2, y2, angle]</c> at any depth.</summary>
    public static IEnumerable<Found> Brackets(string text)
    {
        for (int open = text.IndexOf('['); open >= 0; )
        {
            int next = text.AsSpan(open + 1).IndexOfAny('[', ']');
            int end = next < 0 ? text.Length : open + 1 + next;
            string inside = text[(open + 1)..end];
            bool closed = next >= 0 && text[end] == ']';
            if (closed || next < 0)
            {
                var numbers = Numbers(inside);
                if (numbers is not null)
                    yield return new Found(numbers, open, Math.Min(end + 1, text.Length) - open, closed);
                else if (closed && inside.AsSpan().ContainsAnyInRange('0', '9') && StartsLikeNumber(inside))
                    yield return new Found([], open, end + 1 - open, closed) { NotNumbers = true };
                else if (!closed && StartsLikeNumber(inside))
                    yield return new Found([], open, end - open, false);
            }
            if (next < 0)
                yield break;
            open = text[end] == '[' ? end : text.IndexOf('[', end);
        }
    }

    /// <summary><c>&lt;|box_start|&gt;(x1,y1),(x2,y2)&lt;|box_end|&gt;</c>, or the same between <c>&lt;box&gt;</c> and <c>&lt;/box&gt;</c>,
    /// as Qwen-VL wrote before Qwen2-VL.</summary>
    public static IEnumerable<Found> Tokens(string text)
    {
        bool special = text.Contains("<|box_start|>", StringComparison.Ordinal);
        string start = special ? "<|box_start|>" : "<box>",
            stop = special ? "<|box_end|>" : "</box>";
        for (int open = text.IndexOf(start, StringComparison.Ordinal); open >= 0; )
        {
            int end = text.IndexOf(stop, open, StringComparison.Ordinal),
                next = text.IndexOf(start, open + 1, StringComparison.Ordinal);
            bool closed = end >= 0 && (next < 0 || end < next);
            int stopAt =
                closed ? end
                : next < 0 ? text.Length
                : next;
            double[] numbers =
            [
                .. Pair()
                    .Matches(text[open..stopAt])
                    .SelectMany(m => new[] { Number(m.Groups[1].ValueSpan), Number(m.Groups[2].ValueSpan) }),
            ];
            int length = (closed ? end + stop.Length : stopAt) - open;
            // Two corners make a box; one pair of tags may hold several.
            if (numbers.Length > 4 && numbers.Length % 4 == 0)
                foreach (double[] four in numbers.Chunk(4))
                    yield return new Found(four, open, length, closed);
            else
                yield return new Found(numbers, open, length, closed);
            open = next;
        }
    }

    /// <summary>Objects with <c>bbox_2d</c> or <c>point_2d</c>, in JSON or Python quotes; bare lists where there is no such key.</summary>
    /// <remarks>Numbers may stand in quotes, and several lists in one: <c>"bbox_2d": [[…], […]]</c>, <c>"boxes": […]</c>.</remarks>
    public static IEnumerable<Found> Json(string text)
    {
        var keys = JsonBox().Matches(text);
        if (keys.Count == 0)
        {
            foreach (var bare in Brackets(text))
                yield return bare;
            yield break;
        }
        for (int i = 0; i < keys.Count; i++)
        {
            var match = keys[i];
            // The object lies between the end of the key before and the start of the one after.
            int from = i == 0 ? 0 : keys[i - 1].Index + keys[i - 1].Length,
                to = i + 1 < keys.Count ? keys[i + 1].Index : text.Length;
            int open = text.LastIndexOf('{', match.Index, match.Index - from + 1);
            int close = text.IndexOf('}', match.Index + match.Length, to - match.Index - match.Length);
            int start = open < 0 ? match.Index : open,
                end = close < 0 ? match.Index + match.Length : close + 1;
            string? label = Label(text, start, (close < 0 ? to : end) - start);
            foreach (Capture list in match.Groups["list"].Captures)
            {
                var numbers = Numbers(list.Value.Replace('"', ' ').Replace('\'', ' '));
                yield return new Found(numbers ?? [], start, end - start, match.Groups["end"].Success)
                {
                    Label = label,
                    IsPoint = match.Groups["key"].ValueSpan.StartsWith("point"),
                    NotNumbers = numbers is null,
                };
            }
        }
    }

    /// <summary>Phrases in their tags, with the index where each ends.</summary>
    public static IReadOnlyList<(string Phrase, int End)> Phrases(string text) =>
        [.. Phrase().Matches(text).Select(m => (m.Groups.Cast<Group>().Skip(1).First(g => g.Success).Value.Trim(), m.Index + m.Length))];

    private static string? Label(string text, int start, int length)
    {
        var label = JsonLabel().Match(text, start, length);
        if (!label.Success)
            label = JsonClass().Match(text, start, length);
        return label.Success
            ? Regex.Replace(label.Groups[1].Success ? label.Groups[1].Value : label.Groups[2].Value, @"\\(.)", "$1")
            : null;
    }

    private static bool StartsLikeNumber(string inside)
    {
        var trimmed = inside.AsSpan().TrimStart();
        return trimmed.Length > 0 && (char.IsAsciiDigit(trimmed[0]) || trimmed[0] is '-' or '.' or '+');
    }

    /// <summary>Numbers parted by commas or blanks; null where anything else stands between, empty for nothing.</summary>
    private static List<double>? Numbers(string inside)
    {
        var numbers = new List<double>();
        foreach (var part in inside.AsSpan().SplitAny(", \t\r\n;"))
        {
            var word = inside.AsSpan()[part];
            if (word.Length == 0)
                continue;
            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
                return null;
            numbers.Add(value);
        }
        return numbers;
    }

    private static double Number(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : 0;

    [GeneratedRegex(
        @"\{\s*(?:(?:<|&lt;)\s*(?<n>[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(?:>|&gt;)[\s,]*)+(?:\|\s*(?:<|&lt;)\s*(?<n>[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(?:>|&gt;)\s*)?(?<end>\})?"
    )]
    private static partial Regex Brace();

    [GeneratedRegex(@"\(\s*([-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*,\s*([-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*\)")]
    private static partial Regex Pair();

    // One list of numbers, or lists in a list; after the key a list of objects is none of ours.
    [GeneratedRegex(
        """["'](?<key>bbox_2d|bboxes|bbox|boxes|box|point_2d)["']\s*:\s*["']?\[(?!\s*\{)(?:(?:\s*\[(?<list>[^\[\]{}]*)\]\s*,?)+\s*(?<end>\])?|(?<list>[^\[\]{}]*)(?<end>\])?)"""
    )]
    private static partial Regex JsonBox();

    [GeneratedRegex("""["'](?:category|category_name|class|class_name|name)["']\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")]
    private static partial Regex JsonClass();

    [GeneratedRegex("""["']label["']\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")]
    private static partial Regex JsonLabel();

    [GeneratedRegex(
        @"(?:<|&lt;)p(?:>|&gt;)(.*?)(?:<|&lt;)/p(?:>|&gt;)|<ref>(.*?)</ref>|<\|object_ref_start\|>(.*?)<\|object_ref_end\|>",
        RegexOptions.Singleline
    )]
    private static partial Regex Phrase();
}
