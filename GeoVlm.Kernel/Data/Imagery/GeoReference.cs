using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Imagery;

/// <summary>How the pixels of an image lie on the ground.</summary>
/// <param name="Transform">Pixels to map coordinates.</param>
/// <param name="Crs">The coordinate system: "EPSG:32635", or the file's own description
/// of a system without a number; null where none is named.</param>
public sealed record GeoReference(GeoTransform Transform, string? Crs)
{
    /// <summary>Metres per map unit; null where map units are degrees or unknown.</summary>
    public double? MetresPerUnit { get; init; }

    /// <summary>A definition of the system in WKT, where it has no number but parameters that are known.</summary>
    internal string? Wkt { get; init; }

    /// <summary>Metres on the ground per pixel; Web Mercator is corrected for its latitude,
    /// degrees are measured along the meridian and the parallel.</summary>
    /// <param name="width">Columns of the image.</param>
    /// <param name="height">Rows of the image; the figure holds at the middle.</param>
    public double? GroundSampleDistanceMetres(int width, int height)
    {
        const double metresPerDegree = 6378137 * Math.PI / 180;
        double size = Transform.PixelSize;
        var (_, middle) = Transform.ToMap(width / 2.0, height / 2.0);
        double? metres = Crs switch
        {
            "EPSG:3857" => size / Math.Cosh(middle / 6378137),
            "EPSG:4326" or "EPSG:4258" or "EPSG:4269" or "EPSG:4267" => size
                * metresPerDegree
                * Math.Sqrt(Math.Max(0, Math.Cos(middle * Math.PI / 180))),
            _ => size * MetresPerUnit,
        };
        return metres is { } distance && double.IsFinite(distance) && distance > 0 ? distance : null;
    }

    /// <summary>Longitude and latitude (degrees) of a pixel; null where the coordinate system is not known to this program.</summary>
    public (double Longitude, double Latitude)? ToLonLat(double column, double row) =>
        MapProjection.Of(this)?.ToLonLat(Transform.ToMap(column, row));

    /// <summary>The pixel at a longitude and latitude (degrees); null where the coordinate system is not known to this program.</summary>
    public (double Column, double Row)? ToPixel(double longitude, double latitude) =>
        MapProjection.Of(this)?.FromLonLat((longitude, latitude)) is { } map ? Transform.ToPixel(map.X, map.Y) : null;
}
