namespace GeoVlm.Data.Readers;

/// <summary>BigEarthNet's 43 CORINE classes and the 19 into which version 2 merges them.</summary>
/// <remarks>
/// Eleven of the 43 have no class among the 19, so a patch may end without a label. Names hold commas: lists of them are never split at
/// commas alone. Source: Sumbul et al., BigEarthNet-MM, IEEE GRSM 2021, Table 1.
/// </remarks>
public static class BigEarthNetLabels
{
    private const string Urban = "Urban fabric",
        Industrial = "Industrial or commercial units",
        Arable = "Arable land",
        Permanent = "Permanent crops",
        Pastures = "Pastures",
        Complex = "Complex cultivation patterns",
        Agriculture = "Land principally occupied by agriculture, with significant areas of natural vegetation",
        AgroForestry = "Agro-forestry areas",
        BroadLeaved = "Broad-leaved forest",
        Coniferous = "Coniferous forest",
        Mixed = "Mixed forest",
        Grassland = "Natural grassland and sparsely vegetated areas",
        Moors = "Moors, heathland and sclerophyllous vegetation",
        Transitional = "Transitional woodland, shrub",
        Beaches = "Beaches, dunes, sands",
        InlandWetlands = "Inland wetlands",
        CoastalWetlands = "Coastal wetlands",
        InlandWaters = "Inland waters",
        MarineWaters = "Marine waters";

    /// <summary>The 19 classes of version 2, in their order.</summary>
    public static IReadOnlyList<string> Nineteen { get; } =
    [
        Urban,
        Industrial,
        Arable,
        Permanent,
        Pastures,
        Complex,
        Agriculture,
        AgroForestry,
        BroadLeaved,
        Coniferous,
        Mixed,
        Grassland,
        Moors,
        Transitional,
        Beaches,
        InlandWetlands,
        CoastalWetlands,
        InlandWaters,
        MarineWaters,
    ];

    /// <summary>Each of the 43 classes with its class among the 19; null where it has none.</summary>
    public static IReadOnlyDictionary<string, string?> FortyThree { get; } =
        new Dictionary<string, string?>
        {
            ["Continuous urban fabric"] = Urban,
            ["Discontinuous urban fabric"] = Urban,
            ["Industrial or commercial units"] = Industrial,
            ["Road and rail networks and associated land"] = null,
            ["Port areas"] = null,
            ["Airports"] = null,
            ["Mineral extraction sites"] = null,
            ["Dump sites"] = null,
            ["Construction sites"] = null,
            ["Green urban areas"] = null,
            ["Sport and leisure facilities"] = null,
            ["Non-irrigated arable land"] = Arable,
            ["Permanently irrigated land"] = Arable,
            ["Rice fields"] = Arable,
            ["Vineyards"] = Permanent,
            ["Fruit trees and berry plantations"] = Permanent,
            ["Olive groves"] = Permanent,
            ["Annual crops associated with permanent crops"] = Permanent,
            ["Pastures"] = Pastures,
            ["Complex cultivation patterns"] = Complex,
            [Agriculture] = Agriculture,
            ["Agro-forestry areas"] = AgroForestry,
            ["Broad-leaved forest"] = BroadLeaved,
            ["Coniferous forest"] = Coniferous,
            ["Mixed forest"] = Mixed,
            ["Natural grassland"] = Grassland,
            ["Sparsely vegetated areas"] = Grassland,
            ["Moors and heathland"] = Moors,
            ["Sclerophyllous vegetation"] = Moors,
            ["Transitional woodland/shrub"] = Transitional,
            ["Beaches, dunes, sands"] = Beaches,
            ["Bare rock"] = null,
            ["Burnt areas"] = null,
            ["Inland marshes"] = InlandWetlands,
            ["Peatbogs"] = InlandWetlands,
            ["Salt marshes"] = CoastalWetlands,
            ["Salines"] = CoastalWetlands,
            ["Intertidal flats"] = null,
            ["Water courses"] = InlandWaters,
            ["Water bodies"] = InlandWaters,
            ["Coastal lagoons"] = MarineWaters,
            ["Estuaries"] = MarineWaters,
            ["Sea and ocean"] = MarineWaters,
        };

    private static readonly string[] WithCommas = [.. Nineteen.Concat(FortyThree.Keys).Where(n => n.Contains(',')).Distinct()];

    /// <summary>The 19-class labels of 43-class labels: merged, in the order of the 19, each once.</summary>
    /// <param name="labels">Names of the 43; unknown ones are ignored, ask <see cref="FortyThree"/> for those.</param>
    public static IReadOnlyList<string> ToNineteen(IEnumerable<string> labels)
    {
        var merged = labels.Select(l => FortyThree.GetValueOrDefault(l)).OfType<string>().ToHashSet();
        return [.. Nineteen.Where(merged.Contains)];
    }

    /// <summary>The labels of a list in one text, parted by commas or semicolons;
    /// BigEarthNet's names that hold commas stay whole.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var marked = text;
        // Commas inside a known name step aside while the list is cut.
        foreach (string name in WithCommas)
            marked = marked.Replace(name, name.Replace(',', '\u0001'), StringComparison.OrdinalIgnoreCase);
        return
        [
            .. marked
                .Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.Replace('\u0001', ',').TrimEnd('.'))
                .Where(l => l.Length > 0),
        ];
    }
}
