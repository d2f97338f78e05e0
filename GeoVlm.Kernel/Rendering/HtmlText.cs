using System.Text;

namespace GeoVlm.Rendering;

/// <summary>Makes untrusted text (completions, dataset text) safe to stand in HTML or SVG, as content or as a quoted attribute.</summary>
public static class HtmlText
{
    /// <summary>The text with markup characters encoded.</summary>
    /// <remarks>
    /// What no page can carry (lone surrogates, control characters) and what would reorder the text around it (bidirectional
    /// overrides) becomes U+FFFD. Line ends and tabs stay.
    /// </remarks>
    public static string Encode(string? text)
    {
        var encoded = new StringBuilder(text?.Length ?? 0);
        foreach (char c in Clean(text))
            _ = c switch
            {
                '<' => encoded.Append("&lt;"),
                '>' => encoded.Append("&gt;"),
                '&' => encoded.Append("&amp;"),
                '"' => encoded.Append("&quot;"),
                '\'' => encoded.Append("&#39;"),
                '`' => encoded.Append("&#96;"),
                _ => encoded.Append(c),
            };
        return encoded.ToString();
    }

    /// <summary>The text with every character replaced that is no text: what plain-text output and pictures show.</summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) // a lone surrogate enumerates as U+FFFD
            clean.Append(IsText(rune.Value) ? rune.ToString() : "\uFFFD");
        return clean.ToString();
    }

    /// <summary>At most <paramref name="length"/> characters, the last of them an ellipsis where something was cut.</summary>
    public static string Truncate(string? text, int length)
    {
        text ??= "";
        if (text.Length <= length)
            return text;
        int cut = Math.Max(0, length - 1);
        if (cut > 0 && char.IsHighSurrogate(text[cut - 1]))
            cut--;
        return text[..cut] + "…";
    }

    private static bool IsText(int c) =>
        c switch
        {
            '\n' or '\t' or '\r' => true,
            < 0x20 or (>= 0x7F and < 0xA0) => false,
            (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => false,
            0xFFFE or 0xFFFF => false,
            _ => true,
        };
}
