using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>GeoJSON: features with a class (SpaceNet, CropHarvest, QFabric), and xView, whose features carry boxes in pixels.</summary>
/// <remarks>
/// A feature with <c>bounds_imcoords</c> ("x1,y1,x2,y2") belongs to the image of its <c>image_id</c>. Other coordinates are longitude and latitude (or
/// those of the <c>crs</c> member). Where a GeoTIFF has the file's name (SpaceNet: but for <c>Geo_</c> and its own prefix) and says where it lies, they become
/// its pixels; else they stay, such samples have no image, and their frame is named after the coordinates. The class is the first of
/// label, class_name, class, type, change_type, category, type_id; "feature" where there is none. An empty file is a scene without objects.
/// </remarks>
public sealed class GeoJsonReader : IDatasetReader
{
    private static readonly string[] ClassNamesOf = ["label", "class_name", "class", "type", "change_type", "category", "building", "crop", "type_id"];

    /// <inheritdoc/>
    public string Name => "geojson";

    /// <inheritdoc/>
    public string Summary => "GeoJSON features with a class (SpaceNet, QFabric), or with boxes in pixels (xView)";

    /// <inheritdoc/>
    public string? Recognise(string path) => Files(path) is [var file, ..] ? $"{Path.GetFileName(file)} holds GeoJSON features" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var files = File.Exists(path) ? [path] : Files(path);
        if (files.Count == 0) throw new GeoVlmException($"{path}: no .geojson file here or in its sub-folders. Name the file.");
        var folder = new DatasetFolder(RowFiles.Root(path), options);
        var images = new RowImages(folder);
        return folder.Finish(this, files.SelectMany(file => DetectionSamples.Settle(folder, images, folder.Relative(file), OfFile(folder, images, file))));
    }

    private static IReadOnlyList<string> Files(string path) =>
        RowFiles.Of(path, f => RowFiles.EndsWith(f, ".geojson") || (RowFiles.EndsWith(f, ".json") && FileStart.Read(f).Contains("\"FeatureCollection\"", StringComparison.Ordinal)));

    private static IEnumerable<AnnotatedImage> OfFile(DatasetFolder folder, RowImages images, string file)
    {
        string where = folder.Relative(file), stem = where[..where.LastIndexOf('.')];
        var (features, crs) = GeoFeature.Read(folder, file);
        foreach (var ofImage in features.Where(f => f.Properties.ContainsKey("bounds_imcoords")).GroupBy(f => f.Text("image_id", "image", "file_name") ?? ""))
        {
            var boxes = ofImage.Select(f => InPixels(folder, f)).OfType<LabelledBox>().ToList();
            var image = ofImage.Key.Length == 0 ? null : images.OpenFor(where, ofImage.Key);
            if (image?.Problem is { } problem) folder.Report(images.PathOf(image), problem + " Skipped.");
            else
                yield return new AnnotatedImage(where, Path.ChangeExtension(ofImage.Key, null), boxes, new Dictionary<string, string> { ["file"] = image is null ? ofImage.Key : images.PathOf(image) })
                {
                    Image = image,
                    Missing = image is null ? ofImage.Key : null,
                    Split = SplitNames.Of(where),
                };
        }
        LabelledBox[] places = [.. features.Where(f => !f.Properties.ContainsKey("bounds_imcoords")).SelectMany(OnTheGround)];
        if (places.Length == 0) yield break;
        if (ImageOf(images, where) is { } scene && InPixelsOf(scene, places, crs) is { } mapped)
        {
            yield return new AnnotatedImage(where, stem, mapped, new Dictionary<string, string> { ["file"] = images.PathOf(scene) }) { Image = scene, Split = SplitNames.Of(where) };
            yield break;
        }
        yield return new AnnotatedImage(where, stem, places, new Dictionary<string, string> { ["file"] = where, ["coordinates"] = crs ?? "longitude and latitude" })
        {
            Ground = new CoordinateFrame(crs is null || crs.EndsWith("CRS84", StringComparison.Ordinal) || crs.EndsWith("4326", StringComparison.Ordinal) ? "longitude and latitude" : crs,
                Math.Max(1, places.Max(p => Math.Abs(p.Box.X2))), Math.Max(1, places.Max(p => Math.Abs(p.Box.Y2)))),
            Split = SplitNames.Of(where),
        };
    }

    /// <summary>The image of the same name, or whose name ends as the file's does behind its first word; null where there is none or several.</summary>
    private static GeoImage? ImageOf(RowImages images, string where)
    {
        if (images.OfLabels(where) is { } same) return same;
        string stem = Path.GetFileNameWithoutExtension(where), ending = stem.IndexOf('_') is > 0 and var first ? stem[first..] : "";
        if (ending.Length < 4) return null;
        return images.Files.Paths.Where(p => RowFiles.EndsWith(p, ".tif", ".tiff") && Path.GetFileNameWithoutExtension(p).EndsWith(ending, StringComparison.Ordinal)).ToList() is [var only]
            ? images.Open(only) : null;
    }

    /// <summary>The places in pixels of an image that says where it lies; null where it does not, or in a system that is not known.</summary>
    private static List<LabelledBox>? InPixelsOf(GeoImage image, IReadOnlyList<LabelledBox> places, string? crs)
    {
        if (image.Problem is not null || image.Header.Georeference is not { } ground) return null;
        bool isDegrees = crs is null || crs.EndsWith("CRS84", StringComparison.Ordinal) || crs.EndsWith("4326", StringComparison.Ordinal);
        bool isSame = !isDegrees && ground.Crs is { } own && own.StartsWith("EPSG:", StringComparison.Ordinal) && crs!.EndsWith(":" + own[5..], StringComparison.Ordinal);
        if (!isDegrees && !isSame) return null;
        var mapped = new List<LabelledBox>();
        foreach (var place in places)
        {
            var points = place.Outline?.Points ?? [(place.Box.X1, place.Box.Y1), (place.Box.X2, place.Box.Y2)];
            (double X, double Y)?[] pixels = [.. points.Select(p => isSame ? ground.Transform.ToPixel(p.X, p.Y) : ground.ToPixel(p.X, p.Y))];
            if (pixels.Any(p => p is null)) return null;
            var outline = new Polygon([.. pixels.Select(p => p!.Value)]);
            mapped.Add(place with { Box = outline.Bounds(), Outline = place.Outline is null ? null : outline });
        }
        return mapped;
    }

    private static string ClassOf(GeoFeature feature) => ClassNames.Readable(feature.Text(ClassNamesOf) ?? "") is { Length: > 0 } label ? label : "feature";

    /// <summary>Lines and points have no area on the ground; they are kept as what they are.</summary>
    private static IEnumerable<LabelledBox> OnTheGround(GeoFeature feature) =>
        feature.Outlines.Select(outline => new LabelledBox(outline.Bounds(), ClassOf(feature)) { Outline = outline.Points.Count >= 3 && feature.Kind.EndsWith("Polygon", StringComparison.Ordinal) ? outline : null });

    private static LabelledBox? InPixels(DatasetFolder folder, GeoFeature feature)
    {
        double[] numbers = [.. (feature.Text("bounds_imcoords") ?? "").Split(',')
            .Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : double.NaN)];
        if (numbers.Length == 4 && !numbers.Any(double.IsNaN) && new Box(numbers[0], numbers[1], numbers[2], numbers[3]) is { IsEmpty: false } box) return new LabelledBox(box, ClassOf(feature));
        folder.Report(feature.Where, "bounds_imcoords must be four numbers x1,y1,x2,y2 that enclose an area. Skipped.");
        return null;
    }
}
