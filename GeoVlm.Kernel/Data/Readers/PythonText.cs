using System.Text;

namespace GeoVlm.Data.Readers;

/// <summary>Lists and records as Python prints them, <c>[{'from': 'human', …}]</c>: tables hold
/// them where someone saved <c>str(rows)</c> instead of JSON.</summary>
internal static class PythonText
{
    /// <summary>The same as JSON: quotes doubled, None, True and False by their JSON names, commas
    /// where numpy prints none. What is no such text stays wrong.</summary>
    public static string ToJson(string text)
    {
        var json = new StringBuilder(text.Length + 16);
        char before = '\0';
        for (int i = 0; i < text.Length; )
        {
            char c = text[i];
            if (char.IsWhiteSpace(c))
            {
                json.Append(' ');
                i++;
                continue;
            }
            // numpy parts elements by blanks alone.
            if (c is '{' or '\'' or '"' && before is '}' or '\'')
                json.Append(',');
            if (c is '\'' or '"')
            {
                i = Quoted(text, i, json);
                before = '\'';
                continue;
            }
            int length = char.IsAsciiLetter(c)
                ? text.AsSpan(i).IndexOfAnyExcept(Letters) is var end and >= 0
                    ? end
                    : text.Length - i
                : 1;
            json.Append(
                text.AsSpan(i, length) switch
                {
                    "None" or "nan" => "null",
                    "True" => "true",
                    "False" => "false",
                    var word => word,
                }
            );
            before = c;
            i += length;
        }
        return json.ToString();
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );

    /// <summary>Writes one quoted text; gives where it ends.</summary>
    private static int Quoted(string text, int at, StringBuilder json)
    {
        char quote = text[at++];
        json.Append('"');
        for (; at < text.Length && text[at] != quote; at++)
        {
            char c = text[at];
            if (c == '\\' && at + 1 < text.Length)
            {
                char escaped = text[++at];
                json.Append(escaped == '\'' ? "'" : "\\" + escaped);
            }
            else
                json.Append(
                    c switch
                    {
                        '"' => "\\\"",
                        '\n' => "\\n",
                        '\r' => "\\r",
                        '\t' => "\\t",
                        _ => c.ToString(),
                    }
                );
        }
        json.Append('"');
        return Math.Min(at + 1, text.Length);
    }
}
