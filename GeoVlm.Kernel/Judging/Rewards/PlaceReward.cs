using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Whether a place is named rightly: the country equal, and every word of the
/// region within two edits of a word of the answer's region.</summary>
/// <remarks>
/// Both are "country, region"; letter case and punctuation do not count, and a reference that is a country alone asks for no region.
/// Worked: "France, Ile de France" for "France, Île-de-France" is 1 (one edit), "France, Brittany" is 0. Source: TheEighthDay/SeekWorld,
/// location_verifier_process.py, whose weights (2 for the place, 0.5 for the format) belong to the combination.
/// </remarks>
public sealed class PlaceReward : IReward
{
    private const int MostEdits = 2,
        LongestWord = 40,
        MostWords = 24;

    /// <inheritdoc/>
    public string Name => "geo-place";

    /// <inheritdoc/>
    public string Summary => "1 where the country is equal and the region's words are within two edits (SeekWorld)";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var truth = Parts(References.Texts(sample, Name)[0]);
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        var place = Parts(answer);
        if (truth.Country.Length == 0 || place.Country != truth.Country)
            return new(0, $"country '{place.Country}', expected '{truth.Country}'");
        string? missing = truth.Region.FirstOrDefault(word => !place.Region.Any(w => Edits(w, word) <= MostEdits));
        return missing is null ? new(1, "country and region agree") : new(0, $"no word of the region is like '{missing}'");
    }

    private static (string Country, IReadOnlyList<string> Region) Parts(string text)
    {
        string[] parts = text[..Math.Min(text.Length, 400)].Split([',', ';'], 2);
        return (string.Join(' ', Words(parts[0])), parts.Length > 1 ? [.. Words(parts[1]).Take(MostWords)] : []);

        static IEnumerable<string> Words(string part) =>
            new string([.. part.ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) ? c : ' ')]).Split(
                ' ',
                StringSplitOptions.RemoveEmptyEntries
            );
    }

    /// <summary>Insertions, deletions and replacements that make one word of the other (Levenshtein 1966).</summary>
    private static int Edits(string a, string b)
    {
        if (a.Length > LongestWord || b.Length > LongestWord)
            return a == b ? 0 : int.MaxValue;
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
