namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>One component of a JPEG: luma or a chroma.</summary>
/// <param name="Id">Its name in the file.</param>
/// <param name="Across">Blocks of each unit of the scan, side by side.</param>
/// <param name="Down">Blocks of each unit, one above the other.</param>
/// <param name="Quantisation">The step of each coefficient, in the order of the file.</param>
internal sealed record JpegComponent(byte Id, int Across, int Down, ushort[] Quantisation)
{
    /// <summary>The code of the differences of means.</summary>
    public required HuffmanTable Means { get; init; }

    /// <summary>The code of the other coefficients.</summary>
    public required HuffmanTable Details { get; init; }
}
