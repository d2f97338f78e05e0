using System.Text.RegularExpressions;

namespace GeoVlm.Data.Readers;

/// <summary>Class names as words in a question: "small-vehicle", "small_vehicle" and "SmallVehicle" all become "small vehicle".</summary>
internal static partial class ClassNames
{
    private const int MaxLength = 80;

    /// <summary>Lower case, words parted by single blanks, control characters removed; empty when nothing is left.</summary>
    public static string Readable(string source)
    {
        string words = Breaks().Replace(source.Length > MaxLength ? source[..MaxLength] : source, " ");
        return words.Trim().ToLowerInvariant();
    }

    // Between a lower-case letter and a capital, and at every run of hyphens, underscores, blanks and control characters.
    [GeneratedRegex(@"(?<=\p{Ll})(?=\p{Lu})|[-_\s\p{C}]+")]
    private static partial Regex Breaks();
}
