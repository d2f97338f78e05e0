using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Share of distinct runs of words in the reasoning, times that of distinct
/// boxes in the answer: 1 when nothing is said twice.</summary>
/// <remarks>After VLM-R1's repetition penalty (n = 6 words, or one box), which is −(1 − share); here 0 to 1. Text with fewer words counts
/// as distinct.</remarks>
public sealed class RepetitionReward : IReward
{
    private const int Run = 6;

    /// <inheritdoc/>
    public string Name => "repetition";

    /// <inheritdoc/>
    public string Summary => "distinct share of 6-word runs and of boxes, 1 when nothing is said twice";

    /// <inheritdoc/>
    public bool IsShaping => true;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var words = Words.Of(completion.Text.Length <= 20_000 ? completion.Text : completion.Text[..20_000]);
        int runs = Math.Max(0, words.Count - Run + 1);
        double wording =
            runs == 0
                ? 1
                : (double)Enumerable.Range(0, runs).Select(i => string.Join(' ', words.Skip(i).Take(Run))).Distinct().Count() / runs;
        double boxes = completion.Boxes is { Count: > 0 } all ? (double)all.Distinct().Count() / all.Count : 1;
        return new(wording * boxes, $"{wording:P0} of word runs and {boxes:P0} of boxes are distinct");
    }
}
