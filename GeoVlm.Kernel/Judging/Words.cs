using System.Globalization;

namespace GeoVlm.Judging;

/// <summary>How texts are compared: as words in lower case, without punctuation.</summary>
public static class Words
{
    /// <summary>The words of a text: runs of letters, digits and combining marks, in lower case.</summary>
    /// <remarks>"No-damage." and "no damage" have the same words.</remarks>
    public static IReadOnlyList<string> Of(string text)
    {
        var words = new List<string>();
        for (int i = 0; i < text.Length; i++)
        {
            int start = i;
            while (i < text.Length && IsPartOfWord(text[i]))
                i++;
            if (i > start)
                words.Add(text[start..i].ToLowerInvariant());
        }
        return words;
    }

    /// <summary>Whether two texts have the same words in the same order; two texts
    /// without any word ("?") are compared as they are.</summary>
    public static bool Same(string a, string b)
    {
        var (left, right) = (Of(a), Of(b));
        return left.Count + right.Count == 0 ? a.Trim() == b.Trim() : left.SequenceEqual(right);
    }

    /// <summary>F1 of the words of a text against those of a reference, each occurrence
    /// counted: 2 · common / (words + words), 0 to 1.</summary>
    public static double F1(string text, string reference)
    {
        var (words, expected) = (Of(text), Of(reference));
        if (words.Count + expected.Count == 0)
            return 0;
        var left = expected.GroupBy(w => w).ToDictionary(g => g.Key, g => g.Count());
        int common = 0;
        foreach (string word in words)
        {
            if (left.GetValueOrDefault(word) == 0)
                continue;
            left[word]--;
            common++;
        }
        return 2.0 * common / (words.Count + expected.Count);
    }

    private static bool IsPartOfWord(char c) =>
        char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
