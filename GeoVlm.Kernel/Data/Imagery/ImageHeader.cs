namespace GeoVlm.Data.Imagery;

/// <summary>What an image file says about itself, read without decoding a pixel.</summary>
/// <param name="Width">Columns, in pixels.</param>
/// <param name="Height">Rows, in pixels.</param>
public sealed record ImageHeader(int Width, int Height)
{
    /// <summary>Bands (channels) of the file, alpha included.</summary>
    public int Bands { get; init; } = 3;

    /// <summary>Type of the file's samples: "uint8", "uint16", "float32".</summary>
    public string SampleType { get; init; } = "uint8";

    /// <summary>Metres on the ground per pixel (geometric mean of both directions); null where the file does not say so in metres.</summary>
    public double? GroundSampleDistanceMetres { get; init; }

    /// <summary>How <see cref="ImageDecoder.Decode(string, long?)"/> makes 8-bit RGB of the bands; null where the file holds 8-bit RGB already.</summary>
    public string? Rendition { get; init; }
}
