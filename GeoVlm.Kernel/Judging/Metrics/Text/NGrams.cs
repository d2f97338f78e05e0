namespace GeoVlm.Judging.Metrics.Text;

/// <summary>Counts of the n-grams of a token list, by order.</summary>
internal static class NGrams
{
    /// <summary>Highest order that BLEU and CIDEr count.</summary>
    public const int MaximumOrder = 4;

    /// <summary>Counts of the n-grams of orders 1 to <see cref="MaximumOrder"/>; [order − 1].</summary>
    public static Dictionary<string, int>[] Count(IReadOnlyList<string> tokens)
    {
        var counts = new Dictionary<string, int>[MaximumOrder];
        for (int n = 1; n <= MaximumOrder; n++)
            counts[n - 1] = Count(tokens, n);
        return counts;
    }

    /// <summary>Counts of the n-grams of one order; tokens hold no blank, so a joined n-gram is unambiguous.</summary>
    public static Dictionary<string, int> Count(IReadOnlyList<string> tokens, int order)
    {
        var counts = new Dictionary<string, int>(Math.Max(0, tokens.Count - order + 1));
        for (int i = 0; i + order <= tokens.Count; i++)
        {
            string gram = order == 1 ? tokens[i] : string.Join(' ', tokens.Skip(i).Take(order));
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }
        return counts;
    }
}
