namespace GeoVlm.Judging.Metrics.Text;

/// <summary>ROUGE-L as the COCO caption toolkit computes it (pycocoevalcap), beta 1.2. Another number than
/// <see cref="RougeScore.RougeL"/>.</summary>
/// <remarks>Texts are split at the blank alone: "a b" holds an empty token, a tab does not split, and an empty caption is one empty token.
/// The best precision and the best recall may come from different references.</remarks>
public static class CocoRougeL
{
    private const double Beta = 1.2;

    /// <summary>The score of one caption, 0 to 1; of a set it is the mean.</summary>
    public static double Score(string candidate, IReadOnlyList<string> references)
    {
        string[] tokens = candidate.Split(' ');
        double precision = 0,
            recall = 0;
        foreach (string reference in references)
        {
            string[] expected = reference.Split(' ');
            double common = LongestCommonSubsequence.Length(tokens, expected);
            precision = Math.Max(precision, common / tokens.Length);
            recall = Math.Max(recall, common / expected.Length);
        }
        return precision == 0 || recall == 0 ? 0 : (1 + Beta * Beta) * precision * recall / (recall + Beta * Beta * precision);
    }
}
