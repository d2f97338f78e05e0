using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Text;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Likeness of a sentence to the best of its references, by the scorers that papers report.</summary>
/// <remarks>
/// METEOR of a text with itself is below 1 (its chunk penalty), so it is divided by that of the reference with itself. Lexical is the mean
/// of ROUGE-1, ROUGE-L and METEOR: the paper's "Lexical-Metric" names no formula, this one is ours. The caption mix is RSThinker's idea
/// with equal weights, ours, and without CIDEr, which needs a table of a whole dataset. Texts beyond <see cref="MaximumWords"/> words are
/// cut there before they are compared.
/// </remarks>
public sealed class TextSimilarityReward : IReward
{
    /// <summary>Words of an answer that are looked at: some scorers take time beyond linear.</summary>
    public const int MaximumWords = 400;

    private readonly Func<string, string, double> likeness;

    private TextSimilarityReward(string name, string summary, Func<string, string, double> likeness, string flaw = "") =>
        (Name, Summary, KnownFlaw, this.likeness) = (name, summary, flaw, likeness);

    /// <summary>BLEU-4 of one sentence.</summary>
    public static TextSimilarityReward Bleu4 { get; } =
        new("bleu", "BLEU-4 of the sentence, shorter orders where it has fewer words", Bleu4Of);

    /// <summary>ROUGE-1 F1.</summary>
    public static TextSimilarityReward Rouge1 { get; } =
        new("rouge-1", "ROUGE-1 F1, stemmed (rouge_score)", (text, reference) => RougeScore.Rouge1(text, reference));

    /// <summary>ROUGE-L F1.</summary>
    public static TextSimilarityReward RougeL { get; } =
        new("rouge-l", "ROUGE-L F1, stemmed (rouge_score)", (text, reference) => RougeScore.RougeL(text, reference));

    /// <summary>METEOR.</summary>
    public static TextSimilarityReward Meteor { get; } =
        new("meteor", "METEOR (NLTK, exact + stem) over that of the reference with itself", MeteorOf);

    /// <summary>Levenshtein ratio of characters.</summary>
    public static TextSimilarityReward Levenshtein { get; } =
        new(
            "levenshtein",
            "1 − insertions and deletions / characters of both (the paper, image captions)",
            (text, reference) => LevenshteinRatio.Of(text.ToLowerInvariant(), reference.ToLowerInvariant())
        );

    /// <summary>Jaccard index of words.</summary>
    public static TextSimilarityReward Jaccard { get; } =
        new(
            "jaccard",
            "Jaccard index of the word sets (the paper, short answers)",
            (text, reference) => TokenOverlap.Jaccard(Words.Of(text), Words.Of(reference)),
            "a set of words: said ten times over, or in any order, it earns 1"
        );

    /// <summary>Mean of ROUGE-1, ROUGE-L and METEOR.</summary>
    public static TextSimilarityReward Lexical { get; } =
        new("lexical", "mean of ROUGE-1, ROUGE-L and METEOR (the paper names it, the formula is ours)", LexicalOf);

    /// <summary>Mean of BLEU-4, METEOR and ROUGE-L.</summary>
    public static TextSimilarityReward CaptionMix { get; } =
        new(
            "caption-mix",
            "mean of BLEU-4, METEOR and ROUGE-L (after RSThinker)",
            (text, reference) => (Bleu4Of(text, reference) + MeteorOf(text, reference) + RougeScore.RougeL(text, reference)) / 3
        );

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public string KnownFlaw { get; }

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsCaption();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        var (value, nearest) = references.Select(r => (Likeness(answer, r), r)).MaxBy(v => v.Item1);
        return new(value, $"nearest reference: {nearest}");
    }

    /// <summary>Likeness of two texts, 0 to 1.</summary>
    internal double Likeness(string text, string reference) =>
        Words.Same(text, reference) ? 1 : Math.Clamp(likeness(Head(text), Head(reference)), 0, 1);

    private static string Head(string text)
    {
        int words = 0;
        for (int i = 1; i < text.Length; i++)
            if (char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]) && ++words == MaximumWords)
                return text[..i];
        return text.Length <= TextParser.MaximumLength ? text : text[..TextParser.MaximumLength];
    }

    // The order of a sentence with fewer than four words is its length, else three right words of three would earn next to nothing.
    private static double Bleu4Of(string text, string reference)
    {
        string a = CaptionTokens.Normalize(text),
            b = CaptionTokens.Normalize(reference);
        int shorter = Math.Min(CaptionTokens.Split(a).Length, CaptionTokens.Split(b).Length);
        return shorter == 0 ? 0 : Bleu.Sentence(a, [b])[Math.Min(4, shorter) - 1];
    }

    private static double MeteorOf(string text, string reference)
    {
        var expected = Words.Of(reference);
        double most = NltkMeteor.Score(expected, [expected]);
        return most == 0 ? 0 : Math.Min(1, NltkMeteor.Score(Words.Of(text), [expected]) / most);
    }

    private static double LexicalOf(string text, string reference) =>
        (RougeScore.Rouge1(text, reference) + RougeScore.RougeL(text, reference) + MeteorOf(text, reference)) / 3;
}
