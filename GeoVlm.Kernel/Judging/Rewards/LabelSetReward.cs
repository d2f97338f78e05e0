using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A set of labels against the reference set, case and punctuation aside. No labels against none scores 1.</summary>
public sealed class LabelSetReward : IReward
{
    private readonly Func<int, int, int, double> value;

    private LabelSetReward(string name, string summary, Func<int, int, int, double> value) =>
        (Name, Summary, this.value) = (name, summary, value);

    /// <summary>F1: 2 · common / (predicted + reference).</summary>
    public static LabelSetReward F1 { get; } =
        new("label-f1", "F1 of the label sets, 0 to 1", (common, predicted, reference) => 2.0 * common / (predicted + reference));

    /// <summary>Jaccard: common / union.</summary>
    public static LabelSetReward Jaccard { get; } =
        new(
            "label-jaccard",
            "Jaccard index of the label sets, 0 to 1",
            (common, predicted, reference) => (double)common / (predicted + reference - common)
        );

    /// <summary>All right or nothing.</summary>
    public static LabelSetReward Exact { get; } =
        new(
            "label-exact",
            "1 when the label set is exactly right, else 0",
            (common, predicted, reference) => common == predicted && common == reference ? 1 : 0
        );

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task == EoTask.MultiLabelClassification;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = Set(References.Labels(sample, Name));
        if (Labels(completion) is not { } labels)
            return RewardScore.Unreadable(completion);
        var predicted = Set(labels);
        if (predicted.Count + reference.Count == 0)
            return new(1, "no labels, as in the reference");
        int common = predicted.Count(reference.Contains);
        return new(
            value(common, predicted.Count, reference.Count),
            $"{common} right, {predicted.Count - common} wrong, {reference.Count - common} missed{Missed(reference, predicted)}"
        );
    }

    /// <summary>The labels of an answer, of either kind; null for other kinds.</summary>
    internal static IReadOnlyList<string>? Labels(ParsedCompletion completion) =>
        completion.Answer switch
        {
            LabelsAnswer labels => labels.Labels,
            TextAnswer text => LabelsParser.Split(text.Text),
            _ => null,
        };

    /// <summary>Labels by their words, so that spelling variants are one.</summary>
    internal static HashSet<string> Set(IReadOnlyList<string> labels) =>
        [.. labels.Select(l => string.Join(' ', Words.Of(l))).Where(l => l.Length > 0)];

    private static string Missed(HashSet<string> reference, HashSet<string> predicted) =>
        reference.FirstOrDefault(r => !predicted.Contains(r)) is { } one ? $" such as '{one}'" : "";
}
