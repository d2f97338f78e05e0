using System.Diagnostics;
using CsCheck;
using GeoVlm.Judging.Metrics.Text;

namespace GeoVlm.Tests.Judging.Metrics.Text;

/// <summary>The scorers on cases small enough to work by hand.</summary>
public class TextScorerTests
{
    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ties", "tie")]
    [InlineData("died", "die")]
    [InlineData("hopping", "hop")]
    [InlineData("filing", "file")]
    [InlineData("relational", "relat")]
    [InlineData("happy", "happi")]
    [InlineData("enjoy", "enjoy")]
    [InlineData("buildings", "build")]
    [InlineData("proceed", "proceed")]
    [InlineData("geology", "geolog")]
    [InlineData("controlling", "control")]
    public void Porter(string word, string stem) => Assert.Equal(stem, PorterStemmer.Stem(word));

    [Theory]
    [InlineData("Two planes, 3.5 m apart.", "Two|planes|,|3.5|m|apart|.")]
    [InlineData("It's here. (cannot see)", "It|'s|here|.|(|can|not|see|)")]
    [InlineData("\"no-damage\" doesn't -- end", "``|no-damage|''|does|n't|--|end")]
    [InlineData("a,b,1,000", "a|,|b,1,000")]
    public void Word_tokenize(string text, string tokens) => Assert.Equal(tokens.Split('|'), WordTokenizer.Tokenize(text));

    [Fact]
    public void Common_subsequence_equals_the_table()
    {
        var texts = Gen.String[Gen.Char["abcd"], 0, 150];
        Gen.Select(texts, texts).Sample((a, b) => LongestCommonSubsequence.Length(a, b) == Table(a, b), iter: 300);
    }

    [Fact]
    public void Ratio_counts_insertions_and_deletions()
    {
        Assert.Equal(1, LevenshteinRatio.Of("", ""));
        Assert.Equal(0, LevenshteinRatio.Of("abc", ""));
        Assert.Equal(2.0 * 2 / 6, LevenshteinRatio.Of("abc", "axc"), 12);
    }

    [Fact]
    public void Overlap()
    {
        Assert.Equal(1, TokenOverlap.EarthDialRecall("Dense Residential, or forest", "dense residential, or forest"));
        Assert.Equal(0.5, TokenOverlap.Recall(["a", "b"], ["a", "a"])); // the repeated word lowers the ceiling, as published
        Assert.Equal(0.5, TokenOverlap.F1(["a", "b"], ["a", "a"]));
        Assert.Equal(0.5, TokenOverlap.Jaccard(["a", "b"], ["a", "a"]));
    }

    [Fact]
    public void Synonyms_of_a_wordnet_folder()
    {
        using var folder = new Data.Readers.TemporaryFolder();
        foreach (string part in (string[])["noun", "verb", "adj", "adv"])
        foreach (string file in (string[])[$"index.{part}", $"data.{part}", $"{part}.exc"])
            File.WriteAllText(Path.Combine(folder.Path, file), "");
        File.WriteAllText(
            Path.Combine(folder.Path, "index.noun"),
            "  1 licence\ncar n 1 1 @ 1 1 0\nauto n 1 1 @ 1 1 0\nvehicle n 1 1 @ 1 1 0\n"
        );
        File.WriteAllText(
            Path.Combine(folder.Path, "data.noun"),
            "00000000 06 n 04 car 0 auto 0 vehicle 0 motor_car 0 001 @ 00000000 n 0000 | a vehicle\n"
        );
        var wordNet = WordNet.Load(folder.Path);
        Assert.Equal(["auto", "car", "vehicle"], wordNet.Synonyms("cars").Order());
        Assert.Equal(
            0,
            NltkMeteor.Score(
                ["cars"],
                [
                    ["auto"],
                ]
            )
        );
        Assert.Equal(
            0.5,
            NltkMeteor.Score(
                ["cars"],
                [
                    ["auto"],
                ],
                wordNet
            ),
            12
        );
        // As in NLTK the stem is looked up, and "vehicl" is no word.
        Assert.Equal(
            0,
            NltkMeteor.Score(
                ["vehicle"],
                [
                    ["auto"],
                ],
                wordNet
            )
        );
        Assert.Contains("index.noun", Assert.Throws<GeoVlmException>(() => WordNet.Load(Path.Combine(folder.Path, "none"))).Message);
    }

    [Theory]
    [InlineData(". ")]
    [InlineData("a")]
    [InlineData("' ")]
    [InlineData("\"(")]
    [InlineData("``")]
    [InlineData("road ")]
    [InlineData(".          ")]
    public void Hostile_text_costs_no_more_than_its_length(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 200_000 / unit.Length));
        var watch = Stopwatch.StartNew();
        WordTokenizer.Tokenize(text);
        RougeScore.Tokens(text);
        CaptionTokens.Normalize(text);
        Assert.True(watch.Elapsed < Deadlines.Prompt, $"{watch.Elapsed}");
    }

    private static int Table(string a, string b)
    {
        var best = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i < a.Length; i++)
        for (int j = 0; j < b.Length; j++)
            best[i + 1, j + 1] = a[i] == b[j] ? best[i, j] + 1 : Math.Max(best[i, j + 1], best[i + 1, j]);
        return best[a.Length, b.Length];
    }
}
