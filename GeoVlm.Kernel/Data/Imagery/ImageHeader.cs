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

    /// <summary>Metres on the ground per pixel (geometric mean of both directions);
    /// null where the file does not say so in metres.</summary>
    public double? GroundSampleDistanceMetres { get; init; }

    /// <summary>How <see cref="ImageDecoder.Decode(string, ImageOptions?)"/> makes 8-bit RGB of
    /// the bands; null where the file holds 8-bit RGB already.</summary>
    public string? Rendition { get; init; }

    /// <summary>Where the pixels lie on the ground; null where the file does not say.</summary>
    public GeoReference? Georeference { get; init; }

    /// <summary>The value that means "no data"; null where none is named.</summary>
    public double? Nodata { get; init; }

    /// <summary>"none", "lzw", "adobe_deflate", "jpeg" …; null where the format has only one.</summary>
    public string? Compression { get; init; }

    /// <summary>Whether the pixels lie in tiles.</summary>
    public bool IsTiled { get; init; }

    /// <summary>Factors of the smaller copies in the file: 2, 4, 8.</summary>
    public IReadOnlyList<int> Overviews { get; init; } = [];
}
