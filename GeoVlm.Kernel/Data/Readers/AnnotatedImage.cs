using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>One image of a detection dataset with its objects, before it becomes questions.</summary>
/// <param name="Where">The annotation file or record, for problems.</param>
/// <param name="Id">Unique in the dataset.</param>
/// <param name="Objects">Every object in it, in original pixels.</param>
/// <param name="Facts">Facts of the source that go into every sample.</param>
internal sealed record AnnotatedImage(
    string Where,
    string Id,
    IReadOnlyList<LabelledBox> Objects,
    IReadOnlyDictionary<string, string> Facts
)
{
    /// <summary>The image; null where it is missing.</summary>
    public GeoImage? Image { get; init; }

    /// <summary>The name of the image that was not found; null where it was.</summary>
    public string? Missing { get; init; }

    /// <summary>What the annotation says of the size; 0 x 0 where it says nothing.</summary>
    public (int Width, int Height) Size { get; init; }

    /// <summary>The frame of boxes that are on the ground and in no image; null elsewhere.</summary>
    public CoordinateFrame? Ground { get; init; }

    /// <summary>True where the source says that there is nothing in the image; objects that cannot be used do not make it empty.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>The split; empty where the source has none.</summary>
    public string Split { get; init; } = "";

    /// <summary>The pixels in which the boxes are written: of the image, else of the size that the annotation states.</summary>
    public CoordinateFrame Frame =>
        Ground is not null ? Ground
        : Image is not null ? CoordinateFrame.Original(Image.Width, Image.Height)
        : Size is { Width: > 0, Height: > 0 } ? CoordinateFrame.Original(Size.Width, Size.Height)
        : UnknownPixels(Objects.Select(o => Math.Max(o.Box.X2, o.Box.Y2)).DefaultIfEmpty(1).Max());

    /// <summary>The pixels of an image that is not here, of which only the largest number is known.</summary>
    public static CoordinateFrame UnknownPixels(double largest) =>
        new("pixels of an image of unknown size", Math.Max(1, largest), Math.Max(1, largest));
}
