using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>General accuracy rewards as other projects have them: one function for whatever the answer is.</summary>
public sealed class AccuracyReward : IReward
{
    private readonly Func<string, string, double> compare;

    private AccuracyReward(string name, string summary, string flaw, Func<string, string, double> compare) =>
        (Name, Summary, KnownFlaw, this.compare) = (name, summary, flaw, compare);

    /// <summary>VLM-R1's default: formula, number, letter of an option, else Levenshtein ratio.</summary>
    public static AccuracyReward Vlm { get; } =
        new(
            "vlm-r1-accuracy",
            "formula or number equal, option letter equal, else Levenshtein ratio (VLM-R1)",
            "a wrong word of similar letters earns much: \"no\" for \"on\", \"minor-damage\" for \"major-damage\"",
            (answer, reference) =>
                MathExpression.Same(answer, reference) ? 1
                : NumberWords.Read(reference) is { } b ? (NumberWords.Read(answer) == b ? 1 : 0)
                : reference.Trim().Length == 1 ? (Choices.Letter(answer) == Choices.Letter(reference) ? 1 : 0)
                : TextSimilarityReward.Levenshtein.Likeness(answer, reference)
        );

    /// <summary>RS-HyRe-R1: numbers within 5 % earn half, text that holds a one-word reference 0.8.</summary>
    public static AccuracyReward HyRe { get; } =
        new(
            "rs-hyre-vqa",
            "number 1, within 5 % 0.5; text equal 1, holding a one-word reference 0.8 (RS-HyRe-R1)",
            "an answer that names everything holds the reference and earns 0.8",
            (answer, reference) =>
                NumberWords.Read(reference) is { } b
                    ? NumberWords.Only(answer) is not { } a
                        ? 0
                        : a == b
                            ? 1
                            : Math.Abs(a - b) <= 0.05 * Math.Abs(b)
                                ? 0.5
                                : 0
                    : Words.Same(answer, reference)
                        ? 1
                        : Words.Of(reference) is [var word] && Words.Of(answer).Contains(word)
                            ? 0.8
                            : 0
        );

    /// <summary>RSThinker: 1 right, 0.6 partly right; partly means that they share a word, which is our reading.</summary>
    public static AccuracyReward Partial { get; } =
        new(
            "rsthinker-accuracy",
            "1 right, 0.6 where a word is shared, else 0 (RSThinker)",
            "one shared word earns 0.6: \"minor damage\" for \"major damage\", or every class in a row",
            (answer, reference) =>
                Words.Same(answer, reference) ? 1
                : Words.Of(answer).Intersect(Words.Of(reference)).Any() ? 0.6
                : 0
        );

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public string KnownFlaw { get; }

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsShortAnswer();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        return new(references.Max(r => compare(answer, r)), $"compared with {references[0]}");
    }
}
