using System.Text;

namespace GeoVlm.Workbench.Commands;

/// <summary>One word of a magic line.</summary>
/// <param name="Text">The word without its quotes.</param>
/// <param name="IsQuoted">Whether quotes stood at its start, so that <c>--</c> and <c>@</c> mean nothing special.</param>
internal sealed record MagicToken(string Text, bool IsQuoted)
{
    /// <summary>Whether it names an option.</summary>
    public bool IsOption => !IsQuoted && Text.StartsWith("--", StringComparison.Ordinal) && Text.Length > 2;

    /// <summary>Splits a line at blanks. Single and double quotes group; in double quotes a backslash
    /// keeps the quote or backslash after it; <c># text</c> is a comment.</summary>
    /// <exception cref="GeoVlmException">A quote is not closed, or the line looks like C#.</exception>
    public static IReadOnlyList<MagicToken> Split(string line)
    {
        List<MagicToken> tokens = [];
        int at = 0;
        while (true)
        {
            while (at < line.Length && char.IsWhiteSpace(line[at]))
                at++;
            if (at >= line.Length || IsComment(line, at))
                return tokens;
            tokens.Add(Next(line, ref at));
        }
    }

    private static MagicToken Next(string line, ref int at)
    {
        bool isQuoted = line[at] is '"' or '\'';
        StringBuilder text = new();
        while (at < line.Length && !char.IsWhiteSpace(line[at]))
        {
            char quote = line[at];
            if (quote is not ('"' or '\''))
            {
                text.Append(line[at++]);
                continue;
            }
            int opened = at++;
            while (at < line.Length && line[at] != quote)
            {
                if (quote == '"' && line[at] == '\\' && at + 1 < line.Length && (line[at + 1] is '"' or '\\'))
                    at++;
                text.Append(line[at++]);
            }
            if (at >= line.Length)
                throw new GeoVlmException($"the quote {quote} at column {opened + 1} is not closed");
            at++;
        }
        string word = text.ToString();
        if (!isQuoted && word.EndsWith(';'))
            throw new GeoVlmException($"'{word}' ends in a semicolon: a magic line is not C# and has none; put C# on its own line");
        if (!isQuoted && word == "\\")
            throw new GeoVlmException("a magic line cannot be continued with \\: write it on one line");
        return new MagicToken(word, isQuoted);
    }

    private static bool IsComment(string line, int at) => line[at] == '#' && (at + 1 == line.Length || char.IsWhiteSpace(line[at + 1]));
}
