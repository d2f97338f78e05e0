using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;

namespace GeoVlm.Data.Saving;

/// <summary>What a saved picture no longer says of itself: its name, its scale, where it lies, and what it was made of.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Number">Equal where samples share an image; null where images were not counted.</param>
/// <param name="MetresPerPixel">The ground sample distance, where it is known.</param>
/// <param name="Rendition">How the 8-bit RGB was made of the source's bands; null where it was RGB.</param>
/// <param name="Ground">Where its pixels lie, where that is known.</param>
internal sealed record SavedImage(string Name, int? Number, double? MetresPerPixel, string? Rendition, SavedGround? Ground)
{
    public static SavedImage Of(GeoImage image, int? number) =>
        image.Problem is null
            ? new(image.Name, number, image.GroundSampleDistanceMetres, image.Rendition, SavedGround.Of(image.Georeference))
            : new(image.Name, number, null, null, null);

    /// <summary>The picture as the image that it was before it was saved.</summary>
    public GeoImage Restore(GeoImage picture)
    {
        var image = picture with { Name = Name };
        if (MetresPerPixel is { } metres)
            image = image with { GroundSampleDistanceMetres = metres };
        if (Rendition is not null)
            image = image with { Rendition = Rendition };
        return Ground is null ? image : image with { Georeference = Ground.Restore() };
    }
}

/// <summary>A <see cref="GeoReference"/> in plain values, the transform as a, b, c, d, e, f.</summary>
internal sealed record SavedGround(
    double A,
    double B,
    double C,
    double D,
    double E,
    double F,
    string? Crs,
    double? MetresPerUnit,
    string? Wkt
)
{
    public static SavedGround? Of(GeoReference? ground) =>
        ground is null
            ? null
            : new(
                ground.Transform.A,
                ground.Transform.B,
                ground.Transform.C,
                ground.Transform.D,
                ground.Transform.E,
                ground.Transform.F,
                ground.Crs,
                ground.MetresPerUnit,
                ground.Wkt
            );

    public GeoReference Restore() => new(new GeoTransform(A, B, C, D, E, F), Crs) { MetresPerUnit = MetresPerUnit, Wkt = Wkt };
}
