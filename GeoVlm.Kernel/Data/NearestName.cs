namespace GeoVlm.Data;

/// <summary>Finds by name, and says which name a mistyped one was probably meant to be.</summary>
internal static class NearestName
{
    private const int MostSuggestions = 3;

    /// <summary>The item of this name, letter case aside.</summary>
    /// <exception cref="GeoVlmException">There is none; the message has the nearest name and all of them.</exception>
    public static T Find<T>(IReadOnlyList<T> items, Func<T, string> nameOf, string name, string kind)
    {
        foreach (var item in items)
            if (string.Equals(nameOf(item), name, StringComparison.OrdinalIgnoreCase))
                return item;
        string[] names = [.. items.Select(nameOf)];
        string nearest = Of(name, names) is { } near ? $" Did you mean '{near}'?" : "";
        throw new GeoVlmException($"No {kind} is called '{name}'.{nearest} There are: {string.Join(", ", names)}.");
    }

    /// <summary>The nearest name; null when none is near.</summary>
    public static string? Of(string written, IEnumerable<string> names) => Near(written, names).FirstOrDefault();

    /// <summary>"; did you mean --count?" with up to three names, or nothing when none is near.</summary>
    public static string Suggestion(string written, IEnumerable<string> names)
    {
        string[] near = [.. Near(written, names).Take(MostSuggestions)];
        return near.Length == 0 ? "" : $"; did you mean {string.Join(" or ", near)}?";
    }

    // Within a third of their length in edits, nearest first, letter case aside; names that begin as written and those
    // whose initials it is (vqa) count too.
    private static IEnumerable<string> Near(string written, IEnumerable<string> names) =>
        names
            .Select(name =>
                (
                    Name: name,
                    Edits: name.StartsWith(written, StringComparison.OrdinalIgnoreCase)
                    || written.Equals(Initials(name), StringComparison.OrdinalIgnoreCase)
                        ? 1
                        : Edits(written.ToLowerInvariant(), name.ToLowerInvariant())
                )
            )
            .Where(candidate => candidate.Edits <= Math.Max(1, Math.Max(written.Length, candidate.Name.Length) / 3))
            .OrderBy(candidate => candidate.Edits)
            .Select(candidate => candidate.Name);

    private static string Initials(string name) => string.Concat(name.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(w => w[0]));

    // Damerau's distance: insertions, deletions, replacements and swaps of neighbours.
    private static int Edits(string from, string to)
    {
        int[,] d = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
            d[i, 0] = i;
        for (int j = 0; j <= to.Length; j++)
            d[0, j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int cost = from[i - 1] == to[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[from.Length, to.Length];
    }
}
