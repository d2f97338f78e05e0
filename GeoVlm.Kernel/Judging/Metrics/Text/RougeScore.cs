namespace GeoVlm.Judging.Metrics.Text;

/// <summary>ROUGE-1, ROUGE-2 and ROUGE-L F1 as the rouge_score package computes them, which EarthDial and GeoVLM-R1 report.</summary>
/// <remarks>Tokens are runs of a–z and 0–9 in lower case; those longer than three characters are stemmed unless asked otherwise. With
/// several references EarthDial takes the mean over them.</remarks>
public static class RougeScore
{
    /// <summary>F1 of the words that two texts share, 0 to 1.</summary>
    public static double Rouge1(string text, string reference, bool stem = true) => Overlap(Tokens(text, stem), Tokens(reference, stem), 1);

    /// <summary>F1 of the pairs of neighbouring words that two texts share, 0 to 1.</summary>
    public static double Rouge2(string text, string reference, bool stem = true) => Overlap(Tokens(text, stem), Tokens(reference, stem), 2);

    /// <summary>F1 of the longest common subsequence of words, 0 to 1.</summary>
    public static double RougeL(string text, string reference, bool stem = true)
    {
        var (tokens, expected) = (Tokens(text, stem), Tokens(reference, stem));
        return F1(LongestCommonSubsequence.Length(tokens, expected), tokens.Count, expected.Count);
    }

    /// <summary>The mean of a ROUGE over the references, as EarthDial reports it.</summary>
    /// <param name="text">The text to score.</param>
    /// <param name="references">At least one.</param>
    /// <param name="rouge">One of the three.</param>
    /// <param name="stem">Whether words are stemmed.</param>
    public static double MeanOver(
        string text,
        IReadOnlyList<string> references,
        Func<string, string, bool, double> rouge,
        bool stem = true
    ) => references.Average(r => rouge(text, r, stem));

    /// <summary>The tokens that are compared.</summary>
    public static IReadOnlyList<string> Tokens(string text, bool stem = true)
    {
        var tokens = new List<string>();
        string lower = text.ToLowerInvariant();
        for (int i = 0; i < lower.Length; i++)
        {
            int start = i;
            while (i < lower.Length && char.IsAsciiLetterOrDigit(lower[i]))
                i++;
            if (i == start)
                continue;
            string token = lower[start..i];
            tokens.Add(stem && token.Length > 3 ? PorterStemmer.Stem(token) : token);
        }
        return tokens;
    }

    private static double Overlap(IReadOnlyList<string> tokens, IReadOnlyList<string> expected, int order)
    {
        var (counts, most) = (NGrams.Count(tokens, order), NGrams.Count(expected, order));
        int common = counts.Sum(c => Math.Min(c.Value, most.GetValueOrDefault(c.Key)));
        return F1(common, Math.Max(0, tokens.Count - order + 1), Math.Max(0, expected.Count - order + 1));
    }

    private static double F1(int common, int count, int expected)
    {
        if (common == 0)
            return 0;
        double precision = (double)common / count,
            recall = (double)common / expected;
        return 2 * precision * recall / (precision + recall);
    }
}
