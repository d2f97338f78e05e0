namespace GeoVlm.Data.Imagery;

/// <summary>How image files become 8-bit RGB.</summary>
public sealed record ImageOptions
{
    /// <summary>Images with more pixels than this are refused as decompression bombs.</summary>
    public long MaxPixels { get; init; } = 512L * 1024 * 1024;

    /// <summary>A name of <see cref="BandRules"/> ("false-colour"), or three band numbers from
    /// 1 ("4,3,2"); null to choose by the number of bands.</summary>
    public string? Bands { get; init; }

    /// <summary>How samples are brought to 0 … 255; null for the default: 8-bit stays as it
    /// is, all else from the 2nd to the 98th percentile.</summary>
    public Stretch? Stretch { get; init; }

    /// <summary>True to turn pictures as their EXIF orientation says; by default it is ignored, so that boxes fit the stored
    /// pixels.</summary>
    public bool Upright { get; init; }

    /// <summary>The default rules under a bound of pixels; null for the default bound.</summary>
    public static implicit operator ImageOptions(long? maxPixels) => maxPixels is { } most ? new() { MaxPixels = most } : new();
}
