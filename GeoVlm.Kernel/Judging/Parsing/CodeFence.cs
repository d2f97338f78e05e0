namespace GeoVlm.Judging.Parsing;

/// <summary>The answer inside a code fence, as chat models write JSON.</summary>
internal static class CodeFence
{
    private const string Mark = "```";

    /// <summary>What stands in the only fence of a text, blanks in the place of everything else, so that positions stay; the text where it
    /// has no fence or several.</summary>
    /// <remarks>A fence that the text cuts reaches to its end. The word after the opening mark names the language.</remarks>
    public static string Alone(string text)
    {
        int open = text.IndexOf(Mark, StringComparison.Ordinal);
        if (open < 0)
            return text;
        int start = open + Mark.Length;
        while (start < text.Length && char.IsAsciiLetterOrDigit(text[start]))
            start++;
        int close = text.IndexOf(Mark, start, StringComparison.Ordinal),
            end = close < 0 ? text.Length : close;
        if (close >= 0 && text.IndexOf(Mark, close + Mark.Length, StringComparison.Ordinal) >= 0)
            return text;
        return new string(' ', start) + text[start..end] + new string(' ', text.Length - end);
    }
}
