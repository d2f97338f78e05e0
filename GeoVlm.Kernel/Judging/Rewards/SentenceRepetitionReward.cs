using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>1 when no sentence of the reasoning is said twice, else 0.</summary>
/// <remarks>Sentences end at '.', '!', '?', ';' or a line's end and are compared by their words; numbers with a point stay whole. Only the
/// first 20,000 characters are looked at. Source: dvlab-research/Seg-Zero, its non-repeat reward.</remarks>
public sealed class SentenceRepetitionReward : IReward
{
    private const int LongestText = 20_000;

    /// <inheritdoc/>
    public string Name => "non-repeat";

    /// <inheritdoc/>
    public string Summary => "1 when no sentence of the reasoning is said twice, else 0 (Seg-Zero)";

    /// <inheritdoc/>
    public bool IsShaping => true;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        string text = completion.Reasoning.Length > LongestText ? completion.Reasoning[..LongestText] : completion.Reasoning;
        var said = new HashSet<string>();
        int from = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool ends = i == text.Length || text[i] is '!' or '?' or ';' or '\n' or '。' || (text[i] == '.' && !IsInsideNumber(text, i));
            if (!ends)
                continue;
            string sentence = string.Join(' ', Words.Of(text[from..i]));
            if (sentence.Length > 0 && !said.Add(sentence))
                return new(0, $"said twice: {sentence[..Math.Min(sentence.Length, 60)]}");
            from = i + 1;
        }
        return new(1, $"{said.Count} different sentences");
    }

    private static bool IsInsideNumber(string text, int at) =>
        at > 0 && at + 1 < text.Length && char.IsAsciiDigit(text[at - 1]) && char.IsAsciiDigit(text[at + 1]);
}
