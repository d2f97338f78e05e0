using GeoVlm.Judging;

namespace GeoVlm.Tests.Judging;

public class WordsTests
{
    [Theory]
    [InlineData("No-damage.", "no damage", true)]
    [InlineData("  Storage  Tank", "storage tank", true)]
    [InlineData("3", "3.", true)]
    [InlineData("harbor or beach", "harbor", false)]
    [InlineData("", "yes", false)]
    [InlineData("?", "!", false)]
    public void Same_words_whatever_case_and_punctuation(string a, string b, bool same) => Assert.Equal(same, Words.Same(a, b));

    [Theory]
    [InlineData("a red ship", "a blue ship", 2.0 * 2 / 6)]
    [InlineData("ship ship ship", "a ship", 2.0 * 1 / 5)]
    [InlineData("", "a ship", 0)]
    [InlineData("A ship!", "a ship", 1)]
    public void F1_counts_each_occurrence_once(string text, string reference, double f1) => Assert.Equal(f1, Words.F1(text, reference), 12);
}
