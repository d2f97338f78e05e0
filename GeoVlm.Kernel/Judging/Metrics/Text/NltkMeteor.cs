namespace GeoVlm.Judging.Metrics.Text;

/// <summary>METEOR as NLTK computes it (alpha 0.9, beta 3, gamma 0.5), which EarthDial and GeoVLM-R1 report. Not METEOR 1.5.</summary>
/// <remarks>Words match exactly, then by Porter stem, then, where a <see cref="WordNet"/> is given, by synonym of the stem. Without it
/// the value is a little lower than the published ones: name it "METEOR (NLTK, exact + stem)".</remarks>
public static class NltkMeteor
{
    private const double Alpha = 0.9,
        Beta = 3,
        Gamma = 0.5;

    /// <summary>The best value over the references, 0 to 1.</summary>
    /// <param name="tokens">Tokens of the caption (<see cref="WordTokenizer"/> for EarthDial's); compared in lower case.</param>
    /// <param name="references">Tokens of each reference.</param>
    /// <param name="wordNet">Synonyms; none when null.</param>
    public static double Score(IReadOnlyList<string> tokens, IEnumerable<IReadOnlyList<string>> references, WordNet? wordNet = null) =>
        references.Select(r => Single(tokens, r, wordNet)).DefaultIfEmpty().Max();

    private static double Single(IReadOnlyList<string> tokens, IReadOnlyList<string> reference, WordNet? wordNet)
    {
        var left = tokens.Select((t, i) => new Word(i, t.ToLowerInvariant())).ToList();
        var right = reference.Select((t, i) => new Word(i, t.ToLowerInvariant())).ToList();
        var pairs = new List<(int Candidate, int Reference)>();
        Match(left, right, pairs, word => word);
        // NLTK looks up the synonyms of stems, not of words: "vehicl" has none. That is kept, or no published value would be met.
        (left, right) = (Stems(left), Stems(right));
        Match(left, right, pairs, stem => stem);
        if (wordNet is not null)
            MatchSynonyms(left, right, pairs, wordNet);
        if (pairs.Count == 0)
            return 0;
        double precision = (double)pairs.Count / tokens.Count,
            recall = (double)pairs.Count / reference.Count;
        double mean = precision * recall / (Alpha * precision + (1 - Alpha) * recall);
        pairs.Sort();
        int chunks = 1;
        for (int i = 1; i < pairs.Count; i++)
            if (pairs[i].Candidate != pairs[i - 1].Candidate + 1 || pairs[i].Reference != pairs[i - 1].Reference + 1)
                chunks++;
        return (1 - Gamma * Math.Pow((double)chunks / pairs.Count, Beta)) * mean;
    }

    /// <summary>Pairs words with an equal key, from the last word backwards, each with the last free one, as NLTK does.</summary>
    private static void Match(List<Word> left, List<Word> right, List<(int, int)> pairs, Func<string, string> key)
    {
        var free = new Dictionary<string, Stack<int>>();
        for (int j = 0; j < right.Count; j++)
        {
            string word = key(right[j].Text);
            if (!free.TryGetValue(word, out var places))
                free[word] = places = new Stack<int>();
            places.Push(j);
        }
        var taken = new HashSet<int>();
        for (int i = left.Count - 1; i >= 0; i--)
        {
            if (!free.TryGetValue(key(left[i].Text), out var places) || !places.TryPop(out int j))
                continue;
            pairs.Add((left[i].Index, right[j].Index));
            taken.Add(right[j].Index);
            left.RemoveAt(i);
        }
        right.RemoveAll(w => taken.Contains(w.Index));
    }

    private static void MatchSynonyms(List<Word> left, List<Word> right, List<(int, int)> pairs, WordNet wordNet)
    {
        for (int i = left.Count - 1; i >= 0; i--)
        {
            var synonyms = wordNet.Synonyms(left[i].Text);
            int j = right.FindLastIndex(w => w.Text == left[i].Text || synonyms.Contains(w.Text));
            if (j < 0)
                continue;
            pairs.Add((left[i].Index, right[j].Index));
            right.RemoveAt(j);
        }
    }

    private static List<Word> Stems(List<Word> words) => [.. words.Select(w => w with { Text = PorterStemmer.Stem(w.Text) })];

    private readonly record struct Word(int Index, string Text);
}
