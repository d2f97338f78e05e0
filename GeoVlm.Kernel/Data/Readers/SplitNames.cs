using System.Text.RegularExpressions;

namespace GeoVlm.Data.Readers;

/// <summary>Which split a file or folder name speaks of.</summary>
internal static partial class SplitNames
{
    /// <summary>"train", "val" or "test" where a word of the path says so, the last word first; empty elsewhere.</summary>
    /// <param name="path">A path relative to the dataset: "annotations/LR_split_val_questions.json".</param>
    public static string Of(string path)
    {
        string[] words = path.ToLowerInvariant().Split(['/', '_', '-', '.', ' ', '\\'], StringSplitOptions.RemoveEmptyEntries);
        for (int i = words.Length - 1; i >= 0; i--)
            if (Plain(words[i]) is { Length: > 0 } split)
                return split;
        return "";
    }

    /// <summary>The same where years stick to the words: <c>instances_train2017.json</c> speaks of train.</summary>
    public static string OfNumbered(string path) => Of(Spread().Replace(path, "$1 "));

    /// <summary>The usual name of a split as a source spells it; other names stay, in lower case.</summary>
    public static string Usual(string written) =>
        Plain(written.Trim().ToLowerInvariant()) is { Length: > 0 } usual ? usual : written.Trim().ToLowerInvariant();

    private static string Plain(string word) =>
        word switch
        {
            "train" or "training" or "trainset" => "train",
            "val" or "valid" or "validation" or "dev" => "val",
            "test" or "testing" or "testset" or "eval" => "test",
            _ => "",
        };

    [GeneratedRegex(@"([A-Za-z])(?=\d{2,4}(\D|$))")]
    private static partial Regex Spread();
}
