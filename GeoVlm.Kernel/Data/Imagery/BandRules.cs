using System.Globalization;

namespace GeoVlm.Data.Imagery;

/// <summary>Which bands are shown as red, green and blue, by the name of a sensor's rule.</summary>
/// <remarks>
/// Sentinel-2 files hold B01 to B12 in order without B8A, B8A last (13 bands, as EuroSAT has them); with B8A in its place and without B10
/// (12 bands, L2A); or the ten of 10 m and 20 m from B02 on (B02 … B08, B8A, B11, B12). Landsat files begin with B1.
/// </remarks>
public static class BandRules
{
    /// <summary>The rules: name, and what it shows.</summary>
    public static IReadOnlyList<(string Name, string Summary)> All { get; } =
    [
        ("rgb", "the first three bands"),
        ("grey", "the first band"),
        ("sentinel-2", "Sentinel-2 in true colour: B04, B03, B02"),
        ("false-colour", "Sentinel-2 with near infrared as red: B08, B04, B03"),
        ("short-wave", "Sentinel-2 short-wave infrared: B12, B8A, B04"),
        ("landsat-7", "Landsat 4 to 7 in true colour: B3, B2, B1"),
        ("landsat-8", "Landsat 8 and 9 in true colour: B4, B3, B2"),
        ("landsat-8-false-colour", "Landsat 8 and 9 with near infrared as red: B5, B4, B3"),
        ("sar", "Sentinel-1: VV, VH, VV; one band as grey"),
    ];

    /// <summary>The rule itself, where it is one.</summary>
    /// <exception cref="GeoVlmException">It is neither a name nor three numbers; the message suggests the nearest.</exception>
    public static string? Checked(string? rule) =>
        rule is null || Numbers(rule) is not null ? rule : NearestName.Find(All, r => r.Name, rule, "band rule").Name;

    /// <summary>The bands of a rule, from 0, as red, green and blue.</summary>
    /// <param name="rule">A name, or three numbers from 1 joined by commas; null to choose by the number of bands.</param>
    /// <param name="bands">Bands of the file.</param>
    /// <exception cref="GeoVlmException">There is no such rule, or it does not fit so many bands.</exception>
    public static (int Red, int Green, int Blue) Of(string? rule, int bands)
    {
        var chosen = rule is null
            ? ByCount(bands)
            : Numbers(rule) ?? Named(NearestName.Find(All, r => r.Name, rule, "band rule").Name, bands);
        int most = Math.Max(chosen.Red, Math.Max(chosen.Green, chosen.Blue));
        return most < bands
            ? chosen
            : throw new GeoVlmException(
                $"the band rule '{rule}' asks for band {most + 1} of a file with {bands}; choose another, or write the three numbers (4,3,2)"
            );
    }

    private static (int Red, int Green, int Blue) ByCount(int bands) =>
        bands switch
        {
            1 or 2 => (0, 0, 0),
            10 or 12 or 13 => Named("sentinel-2", bands),
            _ => (0, 1, 2),
        };

    private static (int Red, int Green, int Blue)? Numbers(string rule)
    {
        int[] numbers =
        [
            .. rule.Split(',').Select(n => int.TryParse(n, NumberStyles.Integer, CultureInfo.InvariantCulture, out int band) ? band : 0),
        ];
        return numbers is [> 0, > 0, > 0] ? (numbers[0] - 1, numbers[1] - 1, numbers[2] - 1) : null;
    }

    private static (int Red, int Green, int Blue) Named(string rule, int bands) =>
        (rule, bands) switch
        {
            ("sentinel-2", 10) => (2, 1, 0),
            ("sentinel-2", _) => (3, 2, 1),
            ("false-colour", 10) => (6, 2, 1),
            ("false-colour", _) => (7, 3, 2),
            ("short-wave", 10) => (9, 7, 2),
            ("short-wave", 12) => (11, 8, 3),
            ("short-wave", _) => (11, 12, 3),
            ("landsat-7", _) => (2, 1, 0),
            ("landsat-8", _) => (3, 2, 1),
            ("landsat-8-false-colour", _) => (4, 3, 2),
            ("sar", > 1) => (0, 1, 0),
            ("sar" or "grey", _) => (0, 0, 0),
            _ => (0, 1, 2),
        };
}
