namespace GeoVlm.Data;

/// <summary>One image of a sample: its size and provenance are known at once, its pixels are decoded only when asked for.</summary>
/// <param name="Name">What a person calls it: a file name, or "before" and "after" of a pair.</param>
/// <param name="Width">Columns of the original picture, in pixels.</param>
/// <param name="Height">Rows of the original picture, in pixels.</param>
/// <param name="Load">Decodes the picture to 8-bit RGB of exactly this size. May throw <see cref="GeoVlmException"/>.</param>
public sealed record GeoImage(string Name, int Width, int Height, Func<RgbImage> Load)
{
    /// <summary>Metres on the ground per pixel, where the source says so.</summary>
    public double? GroundSampleDistanceMetres { get; init; }

    /// <summary>How the 8-bit RGB was made of the source's bands, where it was more than decoding; shown to the user.</summary>
    public string? Rendition { get; init; }

    /// <summary>Wraps a picture that is in memory already.</summary>
    public static GeoImage FromMemory(string name, RgbImage image, double? groundSampleDistanceMetres = null) =>
        new(name, image.Width, image.Height, () => image) { GroundSampleDistanceMetres = groundSampleDistanceMetres };
}
