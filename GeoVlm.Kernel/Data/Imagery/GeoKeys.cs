using System.Globalization;
using BitMiracle.LibTiff.Classic;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Imagery;

/// <summary>The GeoTIFF tags of a directory: transform and coordinate system.</summary>
/// <remarks>Source: OGC GeoTIFF 1.1 (19-008r4), clauses 7.1 to 7.4 and annexes.</remarks>
internal sealed class GeoKeys
{
    private const int PixelScaleTag = 33550,
        TiepointTag = 33922,
        TransformationTag = 34264,
        DirectoryTag = 34735,
        DoublesTag = 34736,
        TextsTag = 34737;
    private const int ModelType = 1024,
        RasterType = 1025,
        GeographicType = 2048,
        EllipsoidMajor = 2057,
        InverseFlattening = 2059,
        ProjectedType = 3072,
        Citation = 3073,
        Projection = 3074,
        CoordinateTransformation = 3075,
        LinearUnits = 3076,
        GeographicCitation = 2049;
    private const int UserDefined = 32767;

    private readonly ushort[] directory;
    private readonly double[] doubles;
    private readonly string texts;

    private GeoKeys(ushort[] directory, double[] doubles, string texts) =>
        (this.directory, this.doubles, this.texts) = (directory, doubles, texts);

    public static GeoReference? Read(Tiff tiff)
    {
        var keys = new GeoKeys(
            [.. (Field(tiff, DirectoryTag)?.ToShortArray() ?? []).Select(v => (ushort)v)],
            Field(tiff, DoublesTag)?.ToDoubleArray() ?? [],
            Field(tiff, TextsTag)?.ToString() ?? ""
        );
        if (keys.Transform(tiff) is not { } transform)
            return null;
        string? crs = keys.Crs();
        return new GeoReference(transform, crs)
        {
            MetresPerUnit = keys.Metres(),
            Wkt = crs is null || crs.StartsWith("EPSG:", StringComparison.Ordinal) ? null : keys.Wkt(),
        };
    }

    private static FieldValue? Field(Tiff tiff, int tag) => tiff.GetField((TiffTag)tag) is { Length: > 0 } value ? value[^1] : null;

    private GeoTransform? Transform(Tiff tiff)
    {
        // Where a pixel is a point, the tie is to its middle.
        double shift = Key(RasterType) == 2 ? 0.5 : 0;
        GeoTransform? found = null;
        if (Field(tiff, TransformationTag)?.ToDoubleArray() is { Length: 16 } m)
            found = new(m[0], m[1], m[3], m[4], m[5], m[7]);
        else if (
            Field(tiff, PixelScaleTag)?.ToDoubleArray() is { Length: >= 2 } scale
            && Field(tiff, TiepointTag)?.ToDoubleArray() is { Length: >= 6 } tie
        )
            found = new(scale[0], 0, tie[3] - tie[0] * scale[0], 0, -scale[1], tie[4] + tie[1] * scale[1]);
        return found is { } transform && transform.PixelSize is var size && double.IsFinite(size) && size > 0
            ? transform.Moved(-shift, -shift)
            : null;
    }

    private string? Crs() =>
        (Key(ModelType), Key(ProjectedType), Key(GeographicType)) switch
        {
            (_, > 0 and < UserDefined and var projected, _) => $"EPSG:{projected}",
            (2, _, > 0 and < UserDefined and var geographic) => $"EPSG:{geographic}",
            (1 or 2, _, _) => (Text(Citation) ?? Text(GeographicCitation) ?? "user-defined").Trim('|', ' '),
            _ => null,
        };

    private double? Metres() =>
        Key(ModelType) is not 1
            ? null
            : Key(LinearUnits) switch
            {
                null or 9001 => 1,
                9002 => 0.3048,
                9003 => 1200.0 / 3937,
                _ => null,
            };

    // Projections whose parameters stand in the file; numbers of the coordinate transformations are those of clause 7.4.
    private string? Wkt()
    {
        string ellipsoid = string.Create(
            CultureInfo.InvariantCulture,
            $"{Number(EllipsoidMajor) ?? 6378137:R},{Number(InverseFlattening) ?? 298.257223563:R}"
        );
        double At(double otherwise, params int[] keys) => keys.Select(Number).FirstOrDefault(n => n is not null) ?? otherwise;
        double east = At(0, 3082),
            north = At(0, 3083),
            longitude = At(0, 3080, 3088, 3084),
            latitude = At(0, 3081, 3089, 3085);
        if (Key(Projection) is > 16000 and < 16061 and var zoneNorth)
            return Utm(zoneNorth - 16000, 0);
        if (Key(Projection) is > 16100 and < 16161 and var zoneSouth)
            return Utm(zoneSouth - 16100, 10000000);
        return Key(CoordinateTransformation) switch
        {
            1 => MapProjection.Projected(
                "Transverse_Mercator",
                ellipsoid,
                ("latitude_of_origin", latitude),
                ("central_meridian", longitude),
                ("scale_factor", At(1, 3092, 3093)),
                ("false_easting", east),
                ("false_northing", north)
            ),
            8 => MapProjection.Projected(
                "Lambert_Conformal_Conic_2SP",
                ellipsoid,
                ("standard_parallel_1", At(0, 3078)),
                ("standard_parallel_2", At(0, 3079)),
                ("latitude_of_origin", At(latitude, 3085)),
                ("central_meridian", At(longitude, 3084)),
                ("false_easting", At(east, 3086)),
                ("false_northing", At(north, 3087))
            ),
            11 => MapProjection.Projected(
                "Albers_Conic_Equal_Area",
                ellipsoid,
                ("standard_parallel_1", At(0, 3078)),
                ("standard_parallel_2", At(0, 3079)),
                ("latitude_of_center", latitude),
                ("longitude_of_center", longitude),
                ("false_easting", east),
                ("false_northing", north)
            ),
            _ => null,
        };

        string Utm(int zone, double falseNorthing) =>
            MapProjection.Projected(
                "Transverse_Mercator",
                ellipsoid,
                ("latitude_of_origin", 0),
                ("central_meridian", 6 * zone - 183),
                ("scale_factor", 0.9996),
                ("false_easting", 500000),
                ("false_northing", falseNorthing)
            );
    }

    // Four numbers each: key, location (0 = the value itself), count, value or offset. The first four are the directory's own header.
    private (int Location, int Count, int Value)? Entry(int wanted)
    {
        for (int i = 4; i + 3 < directory.Length; i += 4)
            if (directory[i] == wanted)
                return (directory[i + 1], directory[i + 2], directory[i + 3]);
        return null;
    }

    private int? Key(int wanted) => Entry(wanted) is (0, _, var value) ? value : null;

    private double? Number(int wanted) => Entry(wanted) is (DoublesTag, > 0, var at) && at < doubles.Length ? doubles[at] : null;

    private string? Text(int wanted) =>
        Entry(wanted) is (TextsTag, > 0 and var count, var at) && at + count <= texts.Length ? texts.Substring(at, count) : null;
}
