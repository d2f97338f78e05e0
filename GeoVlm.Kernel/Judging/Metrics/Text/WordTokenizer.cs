using System.Text.RegularExpressions;

namespace GeoVlm.Judging.Metrics.Text;

/// <summary>Splits text into words and punctuation as NLTK's word_tokenize does, which EarthDial scores with.</summary>
/// <remarks>The rules of the Penn Treebank for contractions, quotes, brackets and commas. Sentences, which decide whether a full stop is a
/// token of its own, end here at ".", "!" or "?" before white space; NLTK has a trained model of abbreviations for that.</remarks>
public static partial class WordTokenizer
{
    private const string ClosingAfterStop = "])}>\"'»”’ ";

    private static readonly (Regex Pattern, string Replacement)[] Opening =
    [
        (OpeningQuotes(), " $1 "),
        (LeadingQuote(), "``"),
        (Backticks(), " $1 "),
        (QuoteAfterBracket(), "$1 `` "),
        (LoneQuote(), "$1 $2"),
    ];

    private static readonly (Regex Pattern, string Replacement)[] Closing =
    [
        (ClosingQuotes(), " $1 "),
        (TwoQuotes(), " '' "),
        (DoubleQuote(), " '' "),
        (Possessive(), "$1 $2 "),
        (Contraction(), "$1 $2 "),
        (TwoWords(), " $1 $2 "),
        (ItIs(), " $1 $2 "),
    ];

    /// <summary>The tokens in order; case is kept.</summary>
    public static IReadOnlyList<string> Tokenize(string text)
    {
        var tokens = new List<string>();
        int start = 0;
        for (int i = 1; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]) || text[i - 1] is not ('.' or '!' or '?'))
                continue;
            tokens.AddRange(Sentence(text[start..i]));
            start = i;
        }
        tokens.AddRange(Sentence(text[start..]));
        return tokens;
    }

    private static string[] Sentence(string text)
    {
        foreach (var (pattern, replacement) in Opening)
            text = pattern.Replace(text, replacement);
        text = DetachFinalStop(text);
        text = CommaBeforeText().Replace(text, " $1 $2");
        text = FinalComma().Replace(text, " $1 ");
        text = Symbols().Replace(text, " $0 ");
        text = QuoteBeforeBlank().Replace(text, "$1 ' ");
        text = Brackets().Replace(text, " $0 ").Replace("--", " -- ", StringComparison.Ordinal);
        text = $" {text} ";
        foreach (var (pattern, replacement) in Closing)
            text = pattern.Replace(text, replacement);
        return CaptionTokens.Split(text);
    }

    /// <summary>Sets the last full stop apart, where only closing brackets and quotes follow it.</summary>
    /// <remarks>By hand, because the pattern backtracks over blanks quadratically.</remarks>
    private static string DetachFinalStop(string text)
    {
        int end = text.Length;
        while (end > 0 && char.IsWhiteSpace(text[end - 1]))
            end--;
        int at = end;
        while (at > 0 && ClosingAfterStop.Contains(text[at - 1]))
            at--;
        return at < 2 || text[at - 1] != '.' || text[at - 2] == '.' ? text : $"{text[..(at - 1)]} . {text[at..end]} ";
    }

    [GeneratedRegex("([«“‘„]|`+)")]
    private static partial Regex OpeningQuotes();

    [GeneratedRegex("^\"")]
    private static partial Regex LeadingQuote();

    [GeneratedRegex("(``)")]
    private static partial Regex Backticks();

    [GeneratedRegex("([ (\\[{<])(\"|'{2})")]
    private static partial Regex QuoteAfterBracket();

    [GeneratedRegex(@"(')(?!re|ve|ll|m|t|s|d|n)(\w)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LoneQuote();

    [GeneratedRegex(@"([:,])(\D)")]
    private static partial Regex CommaBeforeText();

    [GeneratedRegex("([:,])$")]
    private static partial Regex FinalComma();

    [GeneratedRegex(@"\.{2,}|[;@#$%&?!*]")]
    private static partial Regex Symbols();

    [GeneratedRegex("([^'])' ")]
    private static partial Regex QuoteBeforeBlank();

    [GeneratedRegex(@"[\]\[(){}<>]")]
    private static partial Regex Brackets();

    [GeneratedRegex("([»”’])")]
    private static partial Regex ClosingQuotes();

    [GeneratedRegex("''")]
    private static partial Regex TwoQuotes();

    [GeneratedRegex("\"")]
    private static partial Regex DoubleQuote();

    [GeneratedRegex("([^' ])('[sS]|'[mM]|'[dD]|') ")]
    private static partial Regex Possessive();

    [GeneratedRegex("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ")]
    private static partial Regex Contraction();

    [GeneratedRegex(
        @"\b(can|d|gim|gon|got|lem|more|wan)((?<=can)not|(?<=d)'ye|(?<=gim)me|(?<=gon)na|(?<=got)ta|(?<=lem)me|(?<=more)'n|(?<=wan)na(?=\s))\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex TwoWords();

    [GeneratedRegex(@" ('t)(is|was)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ItIs();
}
