using System.Text;

namespace GeoVlm.Data.Tables;

/// <summary>Finds <c>@name</c> in SQL and makes it a parameter of DuckDB; strings, quoted names and comments are left alone.</summary>
internal static class SqlParameters
{
    /// <summary>The text with <c>$name</c> for each <c>@name</c>, and the names, each once.</summary>
    public static (string Sql, IReadOnlyList<string> Names) Bind(string sql)
    {
        var text = new StringBuilder(sql.Length);
        List<string> names = [];
        int at = 0;
        while (at < sql.Length)
        {
            int end = Skipped(sql, at);
            if (end > at)
            {
                text.Append(sql, at, end - at);
                at = end;
            }
            else if (
                sql[at] == '@'
                && at + 1 < sql.Length
                && (char.IsLetter(sql[at + 1]) || sql[at + 1] == '_')
                && (at == 0 || !IsName(sql[at - 1]))
            )
            {
                int stop = at + 1;
                while (stop < sql.Length && IsName(sql[stop]))
                    stop++;
                string name = sql[(at + 1)..stop];
                if (!names.Contains(name))
                    names.Add(name);
                text.Append('$').Append(name);
                at = stop;
            }
            else
                text.Append(sql[at++]);
        }
        return (text.ToString(), names);
    }

    // The end of a string, quoted name or comment that begins here; where nothing of the kind does, here. A doubled quote begins another
    // string at once.
    private static int Skipped(string sql, int at) =>
        sql[at] switch
        {
            '\'' => End(sql, "'", at + 1),
            '"' => End(sql, "\"", at + 1),
            '-' when string.CompareOrdinal(sql, at, "--", 0, 2) == 0 => End(sql, "\n", at + 2),
            '/' when string.CompareOrdinal(sql, at, "/*", 0, 2) == 0 => End(sql, "*/", at + 2),
            '$' when string.CompareOrdinal(sql, at, "$$", 0, 2) == 0 => End(sql, "$$", at + 2),
            _ => at,
        };

    private static int End(string sql, string closing, int from) =>
        sql.IndexOf(closing, from, StringComparison.Ordinal) is var found and >= 0 ? found + closing.Length : sql.Length;

    private static bool IsName(char c) => char.IsLetterOrDigit(c) || c == '_';
}
