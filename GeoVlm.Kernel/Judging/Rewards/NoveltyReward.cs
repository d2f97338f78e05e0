using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>How unlike the reasoning of a completion is to that of its siblings with a
/// right answer: 1 − ½ · mean cosine of word counts.</summary>
/// <remarks>After RS-HyRe-R1, which takes the cosine of embeddings; word counts are ours. Right means the standard comparison of the
/// reference, an IoU sum of half for boxes. An unreadable answer scores 0, so that noise does not pay; without right siblings the value is
/// 1.</remarks>
public sealed class NoveltyReward : IGroupReward
{
    private readonly DetectionReward detection = new();

    /// <inheritdoc/>
    public string Name => "novelty";

    /// <inheritdoc/>
    public string Summary => "1 − ½ mean cosine of the reasoning to that of right siblings; needs the group";

    /// <inheritdoc/>
    public bool IsShaping => true;

    /// <inheritdoc/>
    public IReadOnlyList<RewardScore> ScoreGroup(IReadOnlyList<ParsedCompletion> group, Sample sample)
    {
        var counts = group.Select(c => Words.Of(c.Reasoning).GroupBy(w => w).ToDictionary(g => g.Key, g => g.Count())).ToArray();
        bool[] right = [.. group.Select(c => IsRight(c, sample))];
        return
        [
            .. group.Select(
                (c, i) =>
                {
                    if (c.Answer is null)
                        return RewardScore.Unreadable(c);
                    double[] cosines =
                    [
                        .. Enumerable.Range(0, group.Count).Where(j => j != i && right[j]).Select(j => Cosine(counts[i], counts[j])),
                    ];
                    return new RewardScore(cosines.Length == 0 ? 1 : 1 - 0.5 * cosines.Average(), $"{cosines.Length} right siblings");
                }
            ),
        ];
    }

    private bool IsRight(ParsedCompletion completion, Sample sample) =>
        (sample.Reference, completion.Answer) switch
        {
            (BoxesAnswer, BoxesAnswer) => detection.Score(completion, sample).Value >= 0.5,
            (TextAnswer reference, TextAnswer answer) => Words.Same(answer.Text, reference.Text),
            (LabelsAnswer, LabelsAnswer) => LabelSetReward.F1.Score(completion, sample).Value >= 0.5,
            _ => false,
        };

    private static double Cosine(Dictionary<string, int> a, Dictionary<string, int> b)
    {
        double dot = a.Sum(w => (double)w.Value * b.GetValueOrDefault(w.Key));
        double norms = Math.Sqrt(a.Values.Sum(v => (double)v * v) * b.Values.Sum(v => (double)v * v));
        return norms == 0 ? (a.Count == b.Count ? 1 : 0) : Math.Min(1, dot / norms);
    }
}
