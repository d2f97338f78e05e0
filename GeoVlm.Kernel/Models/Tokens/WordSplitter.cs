using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GeoVlm.Models.Tokens;

/// <summary>Cuts text into the words inside which BPE merges, by the regular expression in the tokenizer's files.</summary>
/// <remarks>
/// .NET matches UTF-16 units, so that <c>\p{L}</c> misses letters beyond U+FFFF; the files mean code points. The expression therefore runs
/// over a shadow of the text, one character for each code point, in which a far code point is stood for by a near one of its category.
/// </remarks>
internal sealed class WordSplitter(string pattern)
{
    /// <summary>Qwen2's and Qwen2.5's expression: each digit is a word.</summary>
    public const string QwenPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The same, but up to three digits are one word, so that the numbers 0 to 999 can be one token each.</summary>
    public const string NumberPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>GPT-2's expression, which a ByteLevel pre-tokenizer uses when it has no other.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly Regex regex = new(pattern, RegexOptions.CultureInvariant);
    private readonly bool ignoresCase = pattern.Contains("(?i", StringComparison.Ordinal);

    /// <summary>The words in order; together they are the text again.</summary>
    public IEnumerable<string> Split(string text)
    {
        (string shadow, int[] offsets) = Shadow(text);
        int end = 0;
        foreach (Match match in regex.Matches(shadow))
        {
            // What no alternative matches is a word of its own, as in the reference ("Isolated").
            if (match.Index > end)
                yield return text[offsets[end]..offsets[match.Index]];
            end = match.Index + match.Length;
            if (match.Length > 0)
                yield return text[offsets[match.Index]..offsets[end]];
        }
        if (end < shadow.Length)
            yield return text[offsets[end]..];
    }

    private (string Shadow, int[] Offsets) Shadow(string text)
    {
        StringBuilder shadow = new(text.Length);
        int[] offsets = new int[text.Length + 1];
        for (int i = 0; i < text.Length; )
        {
            offsets[shadow.Length] = i;
            Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int units);
            shadow.Append(units == 2 ? StandIn(rune) : text[i]);
            i += units;
        }
        offsets[shadow.Length] = text.Length;
        // The reference's case folding takes the long s for an s (U+017F); .NET's does not.
        if (ignoresCase)
            shadow.Replace('\u017F', 's');
        return (shadow.ToString(), offsets);
    }

    private static char StandIn(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter => 'Ж',
            UnicodeCategory.LowercaseLetter => 'ж',
            UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => 'ㄱ',
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => '\u0300',
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => '½',
            _ => '☃',
        };
}
