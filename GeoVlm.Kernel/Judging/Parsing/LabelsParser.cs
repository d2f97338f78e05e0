using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads a list of labels: parted by commas, semicolons, bars or lines, numbered or not, or a JSON list of quoted names, also in
/// a code fence or under a key.</summary>
/// <remarks>
/// BigEarthNet's names hold commas ("Beaches, dunes, sands"). A known name is therefore taken whole where an item begins with it: the names
/// of <see cref="NamesWithCommas"/> and those of the sample's references. "a and b" are two labels where one of them is a reference and the
/// whole is none. A label said twice is kept once: order and repetition say nothing.
/// </remarks>
public sealed class LabelsParser : IAnswerParser
{
    /// <summary>Most labels accepted.</summary>
    public const int MaximumLabels = 200;

    /// <summary>Longest text accepted, in characters.</summary>
    public const int MaximumLength = 8192;

    private static readonly char[] Separators = [',', ';', '|', '\n'];

    /// <summary>Names of public label sets that hold a comma: BigEarthNet with 19 and with 43 classes.</summary>
    public static IReadOnlyList<string> NamesWithCommas { get; } =
    [
        "Land principally occupied by agriculture, with significant areas of natural vegetation",
        "Moors, heathland and sclerophyllous vegetation",
        "Beaches, dunes, sands",
        "Transitional woodland, shrub",
    ];

    /// <inheritdoc/>
    public string Expects => "every label that holds, joined by commas";

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure) =>
        TryParse(text, NamesWithCommas, out answer, out failure);

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, Sample sample, out Answer? answer, out ParseFailure? failure) =>
        TryParse(text, Known(sample.Reference), out answer, out failure, (sample.Reference as LabelsAnswer)?.Labels);

    /// <summary>The labels of a text that is trusted to be a list, such as a reference that its source keeps as one string.</summary>
    public static IReadOnlyList<string> Split(string text) => Split(text, NamesWithCommas);

    private static bool TryParse(
        string text,
        IReadOnlyList<string> known,
        out Answer? answer,
        out ParseFailure? failure,
        IReadOnlyList<string>? wanted = null
    )
    {
        List<string> labels = text.Length > MaximumLength ? [] : Split(text, known);
        if (wanted is not null)
            labels = [.. labels.SelectMany(l => Joined(l, wanted)).Distinct(StringComparer.OrdinalIgnoreCase)];
        failure =
            text.Length > MaximumLength
                ? new ParseFailure($"the answer has {text.Length} characters, more than {MaximumLength}", MaximumLength)
            : labels.Count > MaximumLabels ? new ParseFailure($"{labels.Count} labels, more than {MaximumLabels}", 0)
            : labels.Count == 0 && !SaysNone(text) && text.Trim() is not ("" or "[]") ? new ParseFailure("no label in the answer", 0)
            : null;
        answer = failure is null ? new LabelsAnswer(labels) : null;
        return failure is null;
    }

    private static IReadOnlyList<string> Known(Answer reference) =>
        reference is LabelsAnswer labels
            ? [.. NamesWithCommas, .. labels.Labels.Where(l => l.AsSpan().IndexOfAny(Separators) >= 0)]
            : NamesWithCommas;

    private static List<string> Split(string text, IReadOnlyList<string> known)
    {
        text = CodeFence.Alone(PlainPunctuation.Of(text)).Trim();
        if (SaysNone(text))
            return [];
        if (text.StartsWith('{') && text.IndexOf('[') is > 0 and var open && text.LastIndexOf(']') is var close && close > open)
            text = text[open..(close + 1)];
        if (text.StartsWith('[') && text.EndsWith(']'))
            text = text[1..^1];
        var labels = new List<string>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int at = 0; at < text.Length; )
        {
            while (at < text.Length && (char.IsWhiteSpace(text[at]) || Separators.Contains(text[at])))
                at++;
            if (at == text.Length)
                break;
            int end = text[at] is '"' or '\'' ? text.IndexOf(text[at], at + 1) : -1;
            int length = end > 0 ? end + 1 - at : KnownLength(text, at, known);
            if (length == 0)
            {
                end = text.IndexOfAny(Separators, at);
                length = (end < 0 ? text.Length : end) - at;
            }
            string label = Bare(text.Substring(at, length));
            if (label.Length > 0 && seen.Add(label))
                labels.Add(label);
            at += length;
        }
        return labels;
    }

    private static bool SaysNone(string text) =>
        text.Trim().TrimEnd('.').ToLowerInvariant() is "none" or "null" or "no label" or "no labels";

    /// <summary>The two labels of "a and b" where either is wanted and the whole is not.</summary>
    private static IEnumerable<string> Joined(string label, IReadOnlyList<string> wanted)
    {
        const string and = " and ";
        if (!label.Contains(and, StringComparison.Ordinal) || wanted.Any(w => Words.Same(w, label)))
            return [label];
        for (int at = label.IndexOf(and, StringComparison.Ordinal); at > 0; at = label.IndexOf(and, at + 1, StringComparison.Ordinal))
        {
            string first = label[..at],
                second = label[(at + and.Length)..];
            if (wanted.Any(w => Words.Same(w, first) || Words.Same(w, second)))
                return [first, second];
        }
        return [label];
    }

    /// <summary>Length of the longest known name that stands here as a whole item; 0 for none.</summary>
    private static int KnownLength(string text, int at, IReadOnlyList<string> known)
    {
        int best = 0;
        foreach (string name in known)
        {
            if (name.Length <= best || string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) != 0)
                continue;
            int after = at + name.Length;
            if (after == text.Length || Separators.Contains(text[after]) || text[after] is '.' or ' ')
                best = name.Length;
        }
        return best;
    }

    // "1. harbor", "- harbor", "and harbor.", "'harbor'" all name a harbor.
    private static string Bare(string item)
    {
        string bare = item.Trim().Trim('"', '\'').TrimStart('-', '*', '•', '·', ' ').Trim();
        int digits = 0;
        while (digits < bare.Length && char.IsAsciiDigit(bare[digits]))
            digits++;
        if (digits > 0 && digits < bare.Length && bare[digits] is ('.' or ')'))
            bare = bare[(digits + 1)..].TrimStart();
        if (bare.StartsWith("and ", StringComparison.OrdinalIgnoreCase))
            bare = bare[4..];
        return bare.TrimEnd('.', ' ');
    }
}
