using System.Collections.Concurrent;
using System.Globalization;
using ProjNet.CoordinateSystems;
using ProjNet.CoordinateSystems.Transformations;

namespace GeoVlm.Data.Imagery;

/// <summary>Map coordinates to longitude and latitude and back, by ProjNET, for the
/// systems that Earth-observation rasters come in.</summary>
/// <remarks>
/// Geographic systems, UTM zones on WGS 84, WGS 72, ETRS89, NAD83 and NAD27, Web Mercator, the plate carrée, and transverse Mercator,
/// Lambert and Albers by their parameters. Datums are taken as WGS 84 (within two metres for ETRS89 and NAD83, up to some hundred metres
/// for NAD27).
/// </remarks>
internal sealed class MapProjection
{
    private const string Wgs84 = "6378137,298.257223563",
        Grs80 = "6378137,298.257222101",
        Clarke1866 = "6378206.4,294.978698213898",
        Wgs72 = "6378135,298.26";

    private static readonly ConcurrentDictionary<string, MapProjection?> known = new();
    private readonly Func<(double X, double Y), (double X, double Y)> forward,
        backward;

    private MapProjection(
        Func<(double X, double Y), (double X, double Y)> forward,
        Func<(double X, double Y), (double X, double Y)> backward
    ) => (this.forward, this.backward) = (forward, backward);

    public static MapProjection? Of(GeoReference reference) =>
        (reference.Wkt ?? reference.Crs) is { } key ? known.GetOrAdd(key, _ => Make(reference)) : null;

    public (double Longitude, double Latitude) ToLonLat((double X, double Y) map) => forward(map);

    public (double X, double Y) FromLonLat((double Longitude, double Latitude) place) => backward(place);

    private static MapProjection? Make(GeoReference reference)
    {
        if (reference.Wkt is { } wkt)
            return OfWkt(wkt);
        if (
            reference.Crs is not { } crs
            || !crs.StartsWith("EPSG:", StringComparison.Ordinal)
            || !int.TryParse(crs.AsSpan(5), CultureInfo.InvariantCulture, out int code)
        )
            return null;
        return code switch
        {
            4326 or 4258 or 4269 or 4267 or 4322 => new(p => p, p => p),
            3857 => OfSystem(ProjectedCoordinateSystem.WebMercator),
            4087 => new(p => (p.X / PlateCarree, p.Y / PlateCarree), p => (p.X * PlateCarree, p.Y * PlateCarree)),
            >= 32601 and <= 32660 => Utm(code - 32600, true, Wgs84),
            >= 32701 and <= 32760 => Utm(code - 32700, false, Wgs84),
            >= 32201 and <= 32260 => Utm(code - 32200, true, Wgs72),
            >= 32301 and <= 32360 => Utm(code - 32300, false, Wgs72),
            >= 25828 and <= 25838 => Utm(code - 25800, true, Grs80),
            >= 26901 and <= 26923 => Utm(code - 26900, true, Grs80),
            >= 26701 and <= 26722 => Utm(code - 26700, true, Clarke1866),
            _ => null,
        };
    }

    private const double PlateCarree = 6378137 * Math.PI / 180;

    private static MapProjection? Utm(int zone, bool north, string ellipsoid) =>
        OfWkt(
            Projected(
                "Transverse_Mercator",
                ellipsoid,
                ("latitude_of_origin", 0),
                ("central_meridian", 6 * zone - 183),
                ("scale_factor", 0.9996),
                ("false_easting", 500000),
                ("false_northing", north ? 0 : 10000000)
            )
        );

    /// <summary>WKT of a projected system in metres.</summary>
    public static string Projected(string projection, string ellipsoid, params (string Name, double Value)[] parameters) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"PROJCS[\"map\",GEOGCS[\"place\",DATUM[\"datum\",SPHEROID[\"ellipsoid\",{ellipsoid}]],PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]],"
        )
        + $"PROJECTION[\"{projection}\"],"
        + string.Concat(parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"PARAMETER[\"{p.Name}\",{p.Value:R}],")))
        + "UNIT[\"metre\",1]]";

    private static MapProjection? OfWkt(string wkt)
    {
        try
        {
            return OfSystem((ProjectedCoordinateSystem)new CoordinateSystemFactory().CreateFromWkt(wkt));
        }
        // Parameters out of a damaged file can be anything; a map that cannot be drawn is a map that is not known.
        catch (Exception e)
            when (e is ArgumentException or NotSupportedException or NotImplementedException or ArithmeticException or FormatException)
        {
            return null;
        }
    }

    private static MapProjection OfSystem(ProjectedCoordinateSystem system)
    {
        // Between a projected system and its own geographic one, so that no datum is shifted.
        var factory = new CoordinateTransformationFactory();
        var there = factory.CreateFromCoordinateSystems(system, system.GeographicCoordinateSystem).MathTransform;
        var back = factory.CreateFromCoordinateSystems(system.GeographicCoordinateSystem, system).MathTransform;
        return new(p => there.Transform(p.X, p.Y), p => back.Transform(p.X, p.Y));
    }
}
