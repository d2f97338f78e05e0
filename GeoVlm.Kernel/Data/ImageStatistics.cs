using System.Globalization;

namespace GeoVlm.Data;

/// <summary>Sizes and types of a dataset's images, each image once however many samples ask about it.</summary>
public sealed record ImageStatistics
{
    private const int SizesShown = 3;

    /// <summary>Number of images.</summary>
    public required int Count { get; init; }

    /// <summary>Number of images whose header was read; everything below is about these.</summary>
    public required int Examined { get; init; }

    /// <summary>How many images have each size in pixels, most frequent first.</summary>
    public required IReadOnlyList<ImageSizeCount> Sizes { get; init; }

    /// <summary>Images of each sample type ("uint8", "uint16", "float32").</summary>
    public required IReadOnlyDictionary<string, int> Dtypes { get; init; }

    /// <summary>Images of each band count.</summary>
    public required IReadOnlyDictionary<string, int> Bands { get; init; }

    /// <summary>Metres per pixel, the least and the greatest; null where no image says.</summary>
    public DistanceRange? GroundSampleDistanceMetres { get; init; }

    /// <summary>How 8-bit RGB is made of other images, up to three ways.</summary>
    public required IReadOnlyList<string> Renditions { get; init; }

    /// <summary>The statistics of images, which are counted by reference.</summary>
    /// <param name="count">All of them.</param>
    /// <param name="examined">Those whose header can be read.</param>
    internal static ImageStatistics Of(int count, IReadOnlyList<GeoImage> examined)
    {
        double[] distances = [.. examined.Select(i => i.GroundSampleDistanceMetres).OfType<double>()];
        return new ImageStatistics
        {
            Count = count,
            Examined = examined.Count,
            Sizes =
            [
                .. examined
                    .CountBy(i => (i.Width, i.Height))
                    .OrderByDescending(s => s.Value)
                    .ThenBy(s => s.Key)
                    .Select(s => new ImageSizeCount(s.Key.Width, s.Key.Height, s.Value)),
            ],
            Dtypes = Counted(examined, i => i.Header.SampleType),
            Bands = Counted(examined, i => i.Header.Bands.ToString(CultureInfo.InvariantCulture)),
            GroundSampleDistanceMetres = distances.Length > 0 ? new DistanceRange(distances.Min(), distances.Max()) : null,
            Renditions = [.. examined.Select(i => i.Rendition).OfType<string>().Distinct().Take(3)],
        };
    }

    internal IEnumerable<(string Name, string Value)> Facts()
    {
        string listed = string.Join(", ", Sizes.Take(SizesShown).Select(s => $"{s.Width} × {s.Height} px ({s.Count:N0})"));
        string more = Sizes.Count > SizesShown ? $" and {Sizes.Count - SizesShown:N0} other sizes" : "";
        string part = Examined < Count ? $" (of {Examined:N0} looked at)" : "";
        yield return ("images", Count == 0 ? "none" : $"{Count:N0}: {listed}{more}{part}");
        if (Examined == 0)
            yield break;
        yield return ("samples per pixel", $"{string.Join(" or ", Bands.Keys)} bands of {string.Join(" or ", Dtypes.Keys)}");
        yield return (
            "ground sample distance",
            GroundSampleDistanceMetres switch
            {
                null => "unknown",
                var (least, most) when least == most => $"{Metres(least)} m",
                var (least, most) => $"{Metres(least)} to {Metres(most)} m",
            }
        );
        if (Renditions.Count > 0)
            yield return ("shown as", string.Join("; ", Renditions));
    }

    private static string Metres(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static Dictionary<string, int> Counted(IReadOnlyList<GeoImage> images, Func<GeoImage, string> key) =>
        images
            .CountBy(key)
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key, StringComparer.Ordinal)
            .ToDictionary(c => c.Key, c => c.Value);
}

/// <summary>A range of distances, in metres.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The greatest.</param>
public sealed record DistanceRange(double Least, double Most);

/// <summary>A bar of the size histogram.</summary>
/// <param name="Width">Columns, in pixels.</param>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Count">Images of that size.</param>
public sealed record ImageSizeCount(int Width, int Height, int Count);
