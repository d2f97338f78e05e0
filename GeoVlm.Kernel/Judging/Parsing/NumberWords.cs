using System.Globalization;
using System.Text.RegularExpressions;

namespace GeoVlm.Judging.Parsing;

/// <summary>Numbers as people write them: "3", "1,200", "twenty-three", "two hundred and five", "none".</summary>
public static partial class NumberWords
{
    private const int MaximumLength = 200;

    private static readonly string[] Small =
    [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];

    private static readonly string[] Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>The number that a text is; null when it is none, or holds other words. Never throws.</summary>
    /// <remarks>"none" and "no" are 0. A comma before three digits parts thousands. A final point is let pass.</remarks>
    public static double? Read(string text)
    {
        string bare = PlainPunctuation.Of(text).Trim().TrimEnd('.').TrimEnd();
        if (bare.Length is 0 or > MaximumLength)
            return null;
        if (double.TryParse(bare, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double written))
            return double.IsFinite(written) && HasThousandsRight(bare) ? written : null;
        return OfWords(Words.Of(bare));
    }

    /// <summary>The only number in a text with other words ("there are three ships", "there are no ships"); null for
    /// none or several, so that guessing many does not pay.</summary>
    public static double? Only(string text)
    {
        if (Read(text) is { } whole)
            return whole;
        if (text.Length > 2000)
            return null;
        double? found = null;
        text = PlainPunctuation.Of(text);
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                word.Trim('.', ',', ';', ':', '!', '?', '(', ')', '~', '≈', '*', '"', '\'') is not { Length: > 0 } bare
                || bare is "no" or "No"
                || Read(bare) is not { } number
            )
                continue;
            if (found is not null && found != number)
                return null;
            found = number;
        }
        return found ?? (ThereIsNone().IsMatch(text) ? 0 : null);
    }

    [GeneratedRegex(@"\bthere (?:is|are) no\b", RegexOptions.IgnoreCase)]
    private static partial Regex ThereIsNone();

    private static bool HasThousandsRight(string text)
    {
        string[] groups = text.Split('.')[0].Split(',');
        return groups.Length == 1 || (groups[0].TrimStart('-', '+').Length is > 0 and <= 3 && groups.Skip(1).All(g => g.Length == 3));
    }

    private static double? OfWords(IReadOnlyList<string> words)
    {
        if (words is ["none"] or ["no"])
            return 0;
        double total = 0,
            part = 0;
        bool any = false;
        foreach (string word in words)
        {
            int small = Array.IndexOf(Small, word),
                tens = Array.IndexOf(Tens, word);
            if (small >= 0)
                part += small;
            else if (tens >= 0)
                part += 20 + 10 * tens;
            else if (word == "hundred")
                part = (part == 0 ? 1 : part) * 100;
            else if (word == "thousand")
                (total, part) = (total + (part == 0 ? 1 : part) * 1000, 0);
            else if (word == "dozen")
                part = (part == 0 ? 1 : part) * 12;
            else if (word == "and" && any)
                continue;
            else
                return null;
            any = true;
        }
        return any ? total + part : null;
    }
}
