using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>A caption whose words are tinted where a reference has them in the same
/// order: the longer the shared run, the stronger.</summary>
/// <remarks>Words are runs of letters and digits, compared in lower case: what BLEU counts as n-grams, up to four.</remarks>
/// <param name="Caption">The caption. Untrusted.</param>
/// <param name="References">What people wrote. Untrusted.</param>
public sealed record CaptionView(string Caption, params IReadOnlyList<string> References) : IRenderable
{
    private const int Longest = 4,
        MostCharacters = 4000;

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(640);

    /// <summary>The caption as a block.</summary>
    internal Block Describe()
    {
        var pieces = Split(HtmlText.Truncate(Caption, MostCharacters));
        string[] words = [.. pieces.Where(p => p.IsWord).Select(p => p.Text.ToLowerInvariant())];
        int[] runs = Runs(words);
        int word = 0;
        var spans = pieces
            .Select(p =>
            {
                int run = p.IsWord ? runs[word++] : 0;
                return run == 0
                    ? new Span(p.Text)
                    : new Span(p.Text)
                    {
                        Colour = Palette.Green,
                        Opacity = 0.15 * run,
                        IsUnderlined = run >= 2,
                        Title = run == 1 ? "a word that a reference has" : $"{run} words in a row as in a reference",
                    };
            })
            .ToArray();
        var counts = Enumerable
            .Range(1, Longest)
            .Where(n => words.Length >= n)
            .Select(n => $"{n}-grams {Grams(words, n).Count(InReferences(n).Contains)}/{words.Length - n + 1}");
        return new StackBlock([
            new SpansBlock(spans, "Caption"),
            .. References.Take(5).Select(r => new TextBlock(HtmlText.Truncate(r, 600), "Reference")),
            new LegendBlock([
                .. Enumerable
                    .Range(1, Longest)
                    .Select(n => new LegendItem(
                        n == 1 ? "a word that a reference has"
                            : n == Longest ? "four words in a row or more"
                            : $"{n} in a row",
                        Palette.Green,
                        LegendKind.Fill
                    )
                    {
                        Opacity = 0.15 * n,
                    }),
            ]),
            new TextBlock("In a reference: " + string.Join(" · ", counts), size: TypeScale.Caption),
        ]);
    }

    // For each word the longest shared run, up to four words, that it is part of.
    private int[] Runs(string[] words)
    {
        int[] runs = new int[words.Length];
        for (int n = 1; n <= Longest; n++)
        {
            var known = InReferences(n);
            string[] grams = [.. Grams(words, n)];
            for (int i = 0; i < grams.Length; i++)
                if (known.Contains(grams[i]))
                    for (int k = i; k < i + n; k++)
                        runs[k] = n;
        }
        return runs;
    }

    private HashSet<string> InReferences(int n) =>
        [.. References.SelectMany(r => Grams([.. Split(r).Where(p => p.IsWord).Select(p => p.Text.ToLowerInvariant())], n))];

    private static IEnumerable<string> Grams(string[] words, int n) =>
        Enumerable.Range(0, Math.Max(0, words.Length - n + 1)).Select(i => string.Join(' ', words[i..(i + n)]));

    private static List<(string Text, bool IsWord)> Split(string text)
    {
        var pieces = new List<(string, bool)>();
        for (int start = 0; start < text.Length; )
        {
            bool isWord = char.IsLetterOrDigit(text[start]);
            int end = start + 1;
            while (end < text.Length && char.IsLetterOrDigit(text[end]) == isWord)
                end++;
            pieces.Add((text[start..end], isWord));
            start = end;
        }
        return pieces;
    }
}
