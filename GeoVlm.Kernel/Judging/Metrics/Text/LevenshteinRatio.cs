namespace GeoVlm.Judging.Metrics.Text;

/// <summary>The ratio of the Levenshtein package and rapidfuzz: 1 − d/(|a| + |b|), where d counts insertions and deletions only.</summary>
/// <remarks>Equals 2 · LCS / (|a| + |b|). Characters are UTF-16 units, case and blanks count. Default text reward of VLM-R1.</remarks>
public static class LevenshteinRatio
{
    /// <summary>0 to 1; two empty texts are equal, so 1.</summary>
    public static double Of(string text, string reference)
    {
        int total = text.Length + reference.Length;
        return total == 0 ? 1 : 2.0 * LongestCommonSubsequence.Length(text, reference) / total;
    }
}
