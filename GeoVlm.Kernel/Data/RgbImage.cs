namespace GeoVlm.Data;

/// <summary>A decoded 8-bit RGB picture in memory.</summary>
/// <param name="Width">Columns, in pixels.</param>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Pixels">[height, width, 3] bytes, row by row from the top left, red first.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>An all-black picture.</summary>
    public RgbImage(int width, int height)
        : this(width, height, new byte[checked(width * height * 3)]) { }

    /// <summary>Index of the red byte of pixel (x, y); green and blue follow.</summary>
    public int Offset(int x, int y) => (y * Width + x) * 3;
}
