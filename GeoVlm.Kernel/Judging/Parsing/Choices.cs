namespace GeoVlm.Judging.Parsing;

/// <summary>What short answers choose: yes or no, and the letter of an option. Null
/// where the text chooses nothing, or more than one thing.</summary>
public static class Choices
{
    private const int MaximumLength = 2000;

    /// <summary>"Yes, there is one." is yes; a text with both words, or neither, is null.</summary>
    public static bool? YesNo(string text)
    {
        if (text.Length > MaximumLength)
            return null;
        var words = Words.Of(text);
        bool yes = words.Contains("yes"),
            no = words.Contains("no");
        return yes == no ? null : yes;
    }

    /// <summary>The letter, in upper case, of "B", "(b)", "B. harbor", "the answer is B"; null for none or for several letters.</summary>
    /// <remarks>A capital A counts as the article only where other words stand and it does not come first.</remarks>
    public static char? Letter(string text)
    {
        if (text.Length > MaximumLength)
            return null;
        text = PlainPunctuation.Of(text).Replace("\\boxed", " ").Replace('{', ' ').Replace('}', ' ');
        string bare = text.Trim().Trim('(', ')', '[', ']', '.', ':', '*', ' ');
        if (bare.Length == 1 && char.IsAsciiLetter(bare[0]))
            return char.ToUpperInvariant(bare[0]);
        char? found = null;
        string[] words = text.Split([' ', '\n', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i].Trim('(', ')', '[', ']', '.', ':', '*');
            bool marked = word.Length < words[i].Length;
            if (word.Length != 1 || !char.IsAsciiLetterUpper(word[0]) || (word is "A" or "I" && !marked && i > 0 && i + 1 < words.Length))
                continue;
            if (found is not null && found != word[0])
                return null;
            found = word[0];
        }
        return found;
    }
}
