namespace GeoVlm.Data.Geometry;

/// <summary>Where pixels lie on the map: x = A·column + B·row + C, y = D·column + E·row + F,
/// in the order that GDAL's affine transforms are printed.</summary>
/// <remarks>Columns and rows count from the upper left corner of the upper left pixel. B and D turn the grid; most have E below zero, north
/// up.</remarks>
/// <param name="A">Map units per column, eastward.</param>
/// <param name="B">Map units eastward per row.</param>
/// <param name="C">Map x of the upper left corner.</param>
/// <param name="D">Map units northward per column.</param>
/// <param name="E">Map units northward per row.</param>
/// <param name="F">Map y of the upper left corner.</param>
public readonly record struct GeoTransform(double A, double B, double C, double D, double E, double F)
{
    /// <summary>Pixel sides in map units, the geometric mean of both.</summary>
    public double PixelSize => Math.Sqrt(Math.Abs(A * E - B * D));

    /// <summary>Map coordinates of a point given in pixels.</summary>
    public (double X, double Y) ToMap(double column, double row) => (A * column + B * row + C, D * column + E * row + F);

    /// <summary>Pixel coordinates of a point of the map; NaN where the transform has no inverse.</summary>
    public (double Column, double Row) ToPixel(double x, double y)
    {
        double determinant = A * E - B * D;
        return determinant == 0
            ? (double.NaN, double.NaN)
            : ((E * (x - C) - B * (y - F)) / determinant, (A * (y - F) - D * (x - C)) / determinant);
    }

    /// <summary>The transform of a window whose upper left corner is at this pixel.</summary>
    public GeoTransform Moved(double column, double row)
    {
        var (x, y) = ToMap(column, row);
        return this with { C = x, F = y };
    }
}
