namespace GeoVlm.Data.Geometry;

/// <summary>A part of an image, in whole pixels of the original.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelWindow(int Left, int Top, int Width, int Height)
{
    /// <summary>True where it lies inside an image of this size and holds a pixel.</summary>
    public bool IsInside(int width, int height) =>
        Left >= 0 && Top >= 0 && Width > 0 && Height > 0 && (long)Left + Width <= width && (long)Top + Height <= height;
}
