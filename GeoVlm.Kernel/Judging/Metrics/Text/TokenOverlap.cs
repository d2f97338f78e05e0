namespace GeoVlm.Judging.Metrics.Text;

/// <summary>How many tokens two lists share: recall, F1, Jaccard.</summary>
public static class TokenOverlap
{
    /// <summary>Distinct tokens of the reference that the text has, over all tokens of the reference, 0 to 1.</summary>
    /// <remarks>Repeated tokens of the reference count in the denominator alone, so it may stay below 1 for the reference itself; extra
    /// tokens cost nothing. That is how EarthDial computes its "accuracy". An empty reference gives 0.</remarks>
    public static double Recall(IReadOnlyList<string> tokens, IReadOnlyList<string> reference) =>
        reference.Count == 0 ? 0 : (double)Common(tokens, reference) / reference.Count;

    /// <summary>Harmonic mean of precision and recall, each occurrence counted, 0 to 1; two empty lists give 1.</summary>
    public static double F1(IReadOnlyList<string> tokens, IReadOnlyList<string> reference)
    {
        if (tokens.Count + reference.Count == 0)
            return 1;
        var (counts, expected) = (NGrams.Count(tokens, 1), NGrams.Count(reference, 1));
        return 2.0 * counts.Sum(c => Math.Min(c.Value, expected.GetValueOrDefault(c.Key))) / (tokens.Count + reference.Count);
    }

    /// <summary>Distinct tokens in both over distinct tokens in either, 0 to 1; two empty lists give 1.</summary>
    public static double Jaccard(IReadOnlyList<string> tokens, IReadOnlyList<string> reference)
    {
        int either = tokens.Concat(reference).Distinct().Count();
        return either == 0 ? 1 : (double)Common(tokens, reference) / either;
    }

    /// <summary>EarthDial's "accuracy" of a class name or a short answer: blanks deleted, lower case, then token recall, 0 to 1.</summary>
    /// <remarks>Commas are tokens, so a list of labels earns something for its commas.</remarks>
    public static double EarthDialRecall(string text, string reference) => Recall(EarthDialTokens(text), EarthDialTokens(reference));

    /// <summary>The tokens that <see cref="EarthDialRecall"/> compares.</summary>
    public static IReadOnlyList<string> EarthDialTokens(string text) =>
        WordTokenizer.Tokenize(text.Trim().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal));

    private static int Common(IReadOnlyList<string> tokens, IReadOnlyList<string> reference) => tokens.Intersect(reference).Count();
}
