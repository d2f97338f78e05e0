using System.Globalization;
using System.Text;

namespace GeoVlm.Judging.Metrics.Text;

/// <summary>Brings captions into the form that the COCO caption metrics compare.</summary>
/// <remarks>Not the Penn Treebank tokenizer of the COCO toolkit, which is a Java program: this one lower-cases and keeps runs of letters,
/// digits, "_", "'" and "-". On plain English the two differ in hyphenated words and contractions.</remarks>
public static class CaptionTokens
{
    /// <summary>Lower case, tokens joined by one blank, punctuation gone.</summary>
    public static string Normalize(string text)
    {
        var tokens = new StringBuilder(text.Length);
        bool inside = false;
        foreach (char c in text.ToLowerInvariant())
        {
            bool part =
                c is '_' or '\'' or '-'
                || char.IsLetterOrDigit(c)
                || char.GetUnicodeCategory(c) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
            if (part && !inside && tokens.Length > 0)
                tokens.Append(' ');
            if (part)
                tokens.Append(c);
            inside = part;
        }
        return tokens.ToString();
    }

    /// <summary>Tokens between white space of any kind.</summary>
    public static string[] Split(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
