using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Text;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Lab;

/// <summary>Attacks where words are asked for: a class, a short answer, a sentence.</summary>
internal static class TextAttacks
{
    /// <summary>The words that captions of images of the Earth are made of.</summary>
    public const string CommonWords =
        "a the of in on and is are there many some large small green gray white buildings trees road river plane ship water field houses";

    private const int LongestClass = 3;

    private static readonly string[] CommonClasses =
    [
        "airport",
        "harbor",
        "forest",
        "farmland",
        "residential",
        "overpass",
        "stadium",
        "no-damage",
        "minor-damage",
        "major-damage",
        "destroyed",
        "fire",
        "flood",
        "wind",
        "rural",
        "urban",
    ];

    public static IEnumerable<Attack> For(Sample sample, string truth, IReadOnlyList<string> classes)
    {
        var words = Words.Of(truth);
        if (words.Count > LongestClass)
            return ForSentence(truth, words);
        bool isYesNo = Choices.YesNo(truth) is not null,
            isNumber = NumberWords.Read(truth) is not null;
        string[] others =
            isYesNo ? ["yes", "no"]
            : isNumber ? ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
            : words is ["many"] ? ["none", "one", "two"]
            : [.. classes, .. CommonClasses];
        return ForClass(
            truth,
            [
                .. others
                    .Where(o => !sample.OtherReferences.OfType<TextAnswer>().Any(r => Words.Same(r.Text, o)) && !Words.Same(o, truth))
                    .Distinct(),
            ],
            isYesNo || isNumber
        );
    }

    private static IEnumerable<Attack> ForClass(string truth, string[] others, bool isPlain)
    {
        if (others.Length == 0)
            yield break;
        yield return new("\"A or B or C\"", AttackBattery.Answer(string.Join(" or ", [truth, .. others.Take(8)])), 0.3);
        // The right count is nearer to some counts than to others: a far one is wrong for every reward.
        string nearest = NumberWords.Read(truth) is { } number
            ? FormattableString.Invariant($"{10 * Math.Abs(number) + 7}")
            : others.MaxBy(o => LevenshteinRatio.Of(o, truth))!;
        yield return new("another class, the nearest in spelling", AttackBattery.Answer(nearest), 0.3);
        if (isPlain)
            yield break;
        yield return new("one letter of the reference", AttackBattery.Answer(truth.Trim()[..1]), 0.15);
        yield return new("the reference ten times", AttackBattery.Answer(string.Join(' ', Enumerable.Repeat(truth, 10))), 0.6);
    }

    private static IEnumerable<Attack> ForSentence(string truth, IReadOnlyList<string> words)
    {
        yield return new("a bag of common words", AttackBattery.Answer(CommonWords), 0.5);
        yield return new("the reference ten times", AttackBattery.Answer(string.Join(' ', Enumerable.Repeat(truth, 10))), 0.6);
        yield return new("one word of the reference", AttackBattery.Answer(words.MinBy(w => w.Length)!), 0.5);
        yield return new("one letter", AttackBattery.Answer(truth.Trim()[..1]), 0.4);
    }
}
