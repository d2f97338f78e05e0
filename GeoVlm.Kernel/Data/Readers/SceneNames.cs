namespace GeoVlm.Data.Readers;

/// <summary>Names of scene classes as words: also those that datasets write without
/// a break ("denseresidential", "railwaystation").</summary>
internal static class SceneNames
{
    // Classes of UC Merced, WHU-RS19, RSSCN7, AID and RESISC45 whose spellings run words together, by their words.
    private static readonly Dictionary<string, string> Broken = new[]
    {
        "baseball diamond",
        "dense residential",
        "medium residential",
        "sparse residential",
        "golf course",
        "mobile home park",
        "parking lot",
        "storage tanks",
        "tennis court",
        "railway station",
        "football field",
        "parking space",
        "swimming pool",
        "ferry terminal",
        "nursing home",
        "oil gas field",
        "oil well",
        "runway marking",
        "shipping yard",
        "solar panel",
        "sparse residential area",
        "transformer station",
        "wastewater treatment plant",
        "baseball field",
        "basketball court",
        "christmas tree farm",
        "closed road",
        "coastal mansion",
        "bare land",
        "river lake",
        "storage tank",
        "thermal power station",
        "sea lake",
        "annual crop",
        "permanent crop",
        "herbaceous vegetation",
        "industrial area",
        "commercial area",
        "ground track field",
        "circular farmland",
        "rectangular farmland",
    }.ToDictionary(words => words.Replace(" ", ""), words => words);

    /// <summary>Lower case, words parted by single blanks; empty when nothing is left.</summary>
    public static string Readable(string source)
    {
        string words = ClassNames.Readable(source);
        return Broken.GetValueOrDefault(words, words);
    }
}
