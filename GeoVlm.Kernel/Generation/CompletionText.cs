using System.Text;
using GeoVlm.Models.Tokens;

namespace GeoVlm.Generation;

/// <summary>The text of a completion as it grows, token by token, with a watch for stop strings.</summary>
internal sealed class CompletionText(TextTokenizer tokenizer, IReadOnlyList<string> stopStrings)
{
    // A character of UTF-8 has at most four bytes, so four tokens at most.
    private const int MostTokensOfCharacter = 4;

    private readonly StringBuilder text = new();
    private readonly List<int> incomplete = [];
    private readonly int longestStop = stopStrings.Count == 0 ? 0 : stopStrings.Max(s => s.Length);

    /// <summary>Where the first stop string begins; -1 before there is one.</summary>
    public int StoppedAt { get; private set; } = -1;

    /// <summary>Adds a token; returns the text that it completes, cut at a stop string.</summary>
    public string Append(int token)
    {
        incomplete.Add(token);
        string added = tokenizer.Decode(incomplete);
        if (added.EndsWith('\uFFFD') && incomplete.Count < MostTokensOfCharacter)
            return "";
        incomplete.Clear();
        int before = text.Length,
            from = Math.Max(0, before - longestStop + 1);
        text.Append(added);
        if (stopStrings.Count == 0)
            return added;
        string tail = text.ToString(from, text.Length - from);
        int[] found = [.. stopStrings.Select(stop => tail.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0)];
        if (found.Length == 0)
            return added;
        StoppedAt = from + found.Min();
        return added[..Math.Max(0, StoppedAt - before)];
    }

    /// <summary>The text before the stop string.</summary>
    public string BeforeStop() => text.ToString(0, StoppedAt);
}
