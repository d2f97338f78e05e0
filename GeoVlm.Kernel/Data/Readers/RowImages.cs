using GeoVlm.Data.Imagery;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>The images that rows name or hold: files are looked up in one listing, bytes in cells are decoded when asked for.</summary>
/// <param name="folder">The dataset.</param>
internal sealed class RowImages(DatasetFolder folder)
{
    private readonly Dictionary<string, GeoImage> opened = [];
    private readonly Dictionary<GeoImage, string> paths = new(ReferenceEqualityComparer.Instance);

    /// <summary>Columns that hold one image or a list of them, in the order of preference.</summary>
    private static readonly string[] Single =
    [
        "image",
        "images",
        "jpg",
        "png",
        "img",
        "rgb",
        "image_path",
        "img_path",
        "image_paths",
        "filepath",
        "file_path",
        "file_name",
        "filename",
        "file_names",
        "image_file_name",
        "image_file_names",
        "image_name",
        "imagename",
        "Image_ID",
        "image_id",
        "video",
        "rgbi",
        "tif_ms",
        "tif",
        "image_bytes",
        "path",
    ];

    /// <summary>Columns that hold one date each, in order of time.</summary>
    private static readonly string[][] Series =
    [
        ["jpg_A", "jpg_B", "jpg_C", "jpg_D"],
        ["image_A", "image_B", "image_C", "image_D"],
        ["pre_image_path", "post_image_path"],
        ["pre_image", "post_image"],
        ["image1", "image2", "image3", "image4"],
        ["before", "after"],
        ["A", "B"],
    ];

    /// <summary>All files below the root.</summary>
    public FileListing Files => folder.Listing;

    /// <summary>The images of a row, and the name of the first that is missing (null when
    /// none is). No column at all: no image, none missing.</summary>
    public (IReadOnlyList<GeoImage> Images, string? Missing) Of(Row row)
    {
        foreach (string[] dates in Series)
            if (row.Fields.ContainsKey(dates[0]) && row.Fields.ContainsKey(dates[1]))
                return All(row, dates.Select(d => row.Fields.GetValueOrDefault(d)).Where(v => v is not null and not "").ToList());
        // {"0.png": [{…}, …]}: the records of an image lie under its name (EarthVQA).
        object? value = row.Value(Single) ?? (row.Text(NestedRows.Key) is { } key && DatasetFolder.IsImage(key) ? key : null);
        return value is null ? ([], null) : All(row, value is List<object?> list ? list : [value]);
    }

    /// <summary>A file as an image that is not touched yet; null where it does not exist below the root.</summary>
    /// <param name="name">As the annotation has it.</param>
    /// <param name="shown">What a person calls it; the file's name when null.</param>
    public GeoImage? Open(string name, string? shown = null)
    {
        if (opened.TryGetValue(name, out var known) && shown is null)
            return known;
        string plain = Plain(name);
        if (Refusal(plain) is not null || Files.Find(plain) is not { } path)
            return null;
        var image = GeoImage.Deferred(shown ?? Path.GetFileName(path), path, folder.Options.Images);
        if (shown is null)
            opened[name] = image;
        paths[image] = folder.Relative(path);
        return image;
    }

    /// <summary>The image that a label file speaks of: the one of its stem, nearest by its folders; null where there is none.</summary>
    /// <param name="labels">The label file, relative to the root.</param>
    /// <param name="wanted">Takes relative paths of candidates; null for all.</param>
    public GeoImage? OfLabels(string labels, Func<string, bool>? wanted = null) =>
        Files.ImageOf(labels, wanted) is { } relative ? Open(relative) : null;

    /// <summary>The image that an annotation file names: beside it, in a folder beside
    /// its own, else wherever below the root it is.</summary>
    /// <param name="annotation">The annotation file, relative to the root.</param>
    /// <param name="name">The image's name in it.</param>
    public GeoImage? OpenFor(string annotation, string name) => Open(Files.Nearest(annotation, Plain(name)) ?? name);

    /// <summary>Images in the folder of images beside a folder of labels, relative to the root.</summary>
    public IReadOnlyList<string> Beside(string labels) => Files.ImagesBeside(labels);

    /// <summary>The path of an opened image, relative to the root; its name where it has no file.</summary>
    public string PathOf(GeoImage image) => paths.GetValueOrDefault(image) ?? image.Name;

    /// <summary>A patch whose bands lie in one file each, called after it:
    /// patch_B02.tif, patch_10m_RGB.tif; null where there is none.</summary>
    public GeoImage? OpenBands(string patch)
    {
        string name = patch.Trim().TrimEnd('/').Replace('\\', '/');
        if (Refusal(name) is not null)
            return null;
        name = name[(name.LastIndexOf('/') + 1)..];
        return Files.Exact(name + "_10m_RGB.tif") is { } composed
            ? GeoImage.Deferred(name, composed, folder.Options.Images)
            : BandFiles.Open(name, band => Files.Exact($"{name}_{band}.tif"), folder.Options.MaxImagePixels);
    }

    /// <summary>True where a file lies at this path from the root or from a folder below it.</summary>
    public bool Exists(string path) =>
        Refusal(path) is null
        && Files.Find(path) is { } found
        && folder.Relative(found) is var relative
        && (relative == path || relative.EndsWith("/" + path, StringComparison.OrdinalIgnoreCase));

    /// <summary>Why a missing image is missing, and what to do.</summary>
    public string Explain(string name)
    {
        string plain = name.Trim().Replace('\\', '/');
        return Refusal(plain)
            ?? (
                Files.LeadsOutside(plain)
                    ? $"image '{name}' is a link that leaves the dataset's folder, which is not followed. Copy the image into the folder."
                    : $"image '{name}' does not exist in the dataset's folder. Put it there, or remove the record."
            );
    }

    /// <summary>The kind of what <see cref="Explain"/> says.</summary>
    public ProblemKind KindOf(string name) => IsRefused(name) ? ProblemKind.PathRefused : ProblemKind.MissingImage;

    /// <summary>True where a name must not be looked for: absolute, with "..", or a link that leaves the root.</summary>
    public bool IsRefused(string name)
    {
        string plain = name.Trim().Replace('\\', '/');
        return Refusal(plain) is not null || Files.LeadsOutside(plain);
    }

    /// <summary>Whether an image cannot be read, which is then reported.</summary>
    public bool SkipUnreadable(GeoImage? image) => image is not null && folder.SkipUnreadable(PathOf(image), image);

    /// <summary>Path of an image below the root, for tables; its name where it has no file.</summary>
    public string Relative(string name) => Files.Find(name.Trim().Replace('\\', '/')) is { } path ? folder.Relative(path) : name;

    private static string Plain(string name) =>
        name.Trim().Replace('\\', '/') is var plain && plain.StartsWith("./", StringComparison.Ordinal) ? plain[2..] : plain;

    private static string? Refusal(string plain) =>
        plain.Length == 0 || plain.Contains('\0') || plain.StartsWith('/') || plain.Contains(':')
            ? $"image name '{plain}' is not a path inside the dataset; write it relative to the dataset's folder."
        : plain.Split('/').Contains("..")
            ? $"image name '{plain}' leaves the dataset's folder; write it relative to that folder, without '..'."
        : null;

    /// <summary>The images of a list of cells.</summary>
    public (IReadOnlyList<GeoImage> Images, string? Missing) All(Row row, List<object?> values)
    {
        var images = new List<GeoImage>(values.Count);
        foreach (object? value in values)
        {
            if (One(row, value) is { } image)
                images.Add(image);
            else
                return ([], Name(value) ?? "(an empty cell)");
        }
        return (images, null);
    }

    private GeoImage? One(Row row, object? value)
    {
        switch (value)
        {
            case RowBytes bytes:
                return Embedded(bytes, $"{row.Where}");
            case Dictionary<string, object?> record when record.GetValueOrDefault("bytes") is RowBytes { Length: > 0 } bytes:
                return Embedded(
                    bytes,
                    record.GetValueOrDefault("path") as string is { Length: > 0 } path ? Path.GetFileName(path) : row.Where
                );
            default:
                return Name(value) is { Length: > 0 } name ? OpenFor(row.File, name) : null;
        }
    }

    private static string? Name(object? value) =>
        value switch
        {
            Dictionary<string, object?> record => (
                record.GetValueOrDefault("path") ?? record.GetValueOrDefault("image") ?? record.GetValueOrDefault("filename")
            ) as string,
            _ => Row.AsText(value),
        };

    private GeoImage Embedded(RowBytes bytes, string name) =>
        GeoImage.Deferred(
            name,
            () => ImageDecoder.ReadHeader(bytes.Load(), name, folder.Options.Images),
            () => ImageDecoder.Decode(bytes.Load(), name, folder.Options.Images)
        );
}
