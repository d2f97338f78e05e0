namespace GeoVlm.Judging.Parsing;

/// <summary>Brackets, commas, digits and quotes of Chinese and Japanese typesetting, and blanks that are not seen, as their ASCII
/// likes.</summary>
/// <remarks>One character for one, so that positions in the text stay what they were. Models of Chinese makers slip into these.</remarks>
internal static class PlainPunctuation
{
    private const char FirstFullWidth = '！',
        LastFullWidth = '～';
    private const int FullWidthOffset = '！' - '!';

    /// <summary>The text with plain punctuation; itself where there is nothing to change.</summary>
    public static string Of(string text)
    {
        int first = 0;
        while (first < text.Length && Plain(text[first]) == text[first])
            first++;
        return first == text.Length
            ? text
            : string.Create(
                text.Length,
                text,
                static (plain, original) =>
                {
                    for (int i = 0; i < plain.Length; i++)
                        plain[i] = Plain(original[i]);
                }
            );
    }

    private static char Plain(char c) =>
        c switch
        {
            < '\u00a0' => c,
            >= FirstFullWidth and <= LastFullWidth => (char)(c - FullWidthOffset),
            '、' => ',',
            '。' => '.',
            '【' or '〔' => '[',
            '】' or '〕' => ']',
            '“' or '”' or '„' => '"',
            '‘' or '’' => '\'',
            '\u2212' => '-', // the minus sign
            '\u00a0' or '\u3000' or '\u200b' or '\u200c' or '\u200d' or '\u2060' or '\ufeff' => ' ',
            _ => c,
        };
}
