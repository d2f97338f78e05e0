using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Short answers compared by what they mean: the letter of an option, yes or no, a number, a count.</summary>
/// <remarks>An answer that says two things ("yes or no", "2 or 3") says nothing. Of several references the best counts.</remarks>
public sealed class ShortAnswerReward : IReward
{
    private readonly Func<string, string, RewardScore> compare;

    private ShortAnswerReward(string name, string summary, Func<string, string, RewardScore> compare) =>
        (Name, Summary, this.compare) = (name, summary, compare);

    /// <summary>The letter of an option.</summary>
    public static ShortAnswerReward Letter { get; } =
        new(
            "mcq",
            "1 when the letter of the option is right, else 0",
            (answer, reference) =>
                Judge(Choices.Letter(answer), Words.Of(reference).Count <= 3 ? Choices.Letter(reference) : null, "letter")
        );

    /// <summary>Yes or no.</summary>
    public static ShortAnswerReward YesNo { get; } =
        new(
            "yes-no",
            "1 when yes or no is right, else 0",
            (answer, reference) => Judge(Choices.YesNo(answer), Choices.YesNo(reference), "yes or no")
        );

    /// <summary>A number, exactly.</summary>
    public static ShortAnswerReward Numeric { get; } =
        new(
            "numeric",
            "1 when the number is right, in digits or words, else 0",
            (answer, reference) =>
                NumberWords.Read(reference) is not { } b
                    ? throw new RewardMismatchException(
                        $"the reference '{reference}' is no number, which this reward compares; use 'vqa' for mixed questions"
                    )
                : NumberWords.Only(answer) is { } a && Math.Abs(a - b) <= 1e-6 * Math.Max(1, Math.Abs(b)) ? new(1, "same number")
                : new(0, $"expected '{reference}'")
        );

    /// <summary>A formula, whatever its form.</summary>
    public static ShortAnswerReward Mathematics { get; } =
        new(
            "math",
            "1 when number or formula is worth the same, in digits, words or LaTeX, else 0 (as math_verify, by values)",
            (answer, reference) =>
                NumberWords.Read(reference) is { } number
                    ? new(
                        NumberWords.Only(answer) == number || MathExpression.Same(answer, Digits(number)) ? 1 : 0,
                        $"compared with {reference}"
                    )
                : !MathExpression.IsOne(reference)
                    ? throw new RewardMismatchException(
                        $"the reference '{reference}' is no formula, which this reward compares; use 'vqa' for mixed questions"
                    )
                : MathExpression.Same(answer, reference) ? new(1, "same value")
                : new(0, $"expected '{reference}'")
        );

    /// <summary>A count, the nearer the better; "many" is more than two.</summary>
    public static ShortAnswerReward Count { get; } =
        new("count", "1 − |answer − truth| / max of the two (RSThinker, α = 1); none, one, two, many by category", CompareCounts);

    /// <summary>A visual question: by what its reference is.</summary>
    public static ShortAnswerReward Question { get; } =
        new(
            "vqa",
            "yes or no and words exactly, numbers as a count, by the kind of the reference",
            (answer, reference) =>
                Choices.YesNo(reference) is not null ? YesNo.compare(answer, reference)
                : NumberWords.Read(reference) is not null ? CompareCounts(answer, reference)
                : Words.Same(answer, reference) ? new(1, "equal to a reference")
                : new(0, $"expected '{reference}'")
        );

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsShortAnswer();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        return completion.Words is { } answer
            ? references.Select(r => compare(answer, r)).MaxBy(s => s.Value)!
            : RewardScore.Unreadable(completion);
    }

    private static string Digits(double number) => number.ToString("0.###############", System.Globalization.CultureInfo.InvariantCulture);

    private static RewardScore Judge<T>(T? answer, T? reference, string kind)
        where T : struct =>
        reference is null
            ? throw new RewardMismatchException(
                $"the reference is no single {kind}, which this reward compares; use 'vqa' for mixed questions"
            )
        : answer is null ? new(0, $"no single {kind} in the answer")
        : answer.Equals(reference) ? new(1, $"right {kind}")
        : new(0, $"wrong {kind}");

    private static RewardScore CompareCounts(string answer, string reference)
    {
        if (Words.Of(reference) is ["many"])
            return Words.Of(answer) is ["many"] || NumberWords.Only(answer) > 2 ? new(1, "many") : new(0, "expected many");
        if (NumberWords.Read(reference) is not { } truth)
            return Words.Same(answer, reference) ? new(1, "same words") : new(0, $"expected '{reference}'");
        if (NumberWords.Only(answer) is not { } given)
            return new(0, "no single number in the answer");
        double most = Math.Max(Math.Abs(given), Math.Abs(truth));
        return new(most == 0 ? 1 : Math.Max(0, 1 - Math.Abs(given - truth) / most), $"{given:0.##} for {truth:0.##}");
    }
}
