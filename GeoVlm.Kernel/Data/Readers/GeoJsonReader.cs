using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>GeoJSON: features with a class (SpaceNet, CropHarvest, QFabric), and xView, whose features carry boxes in pixels.</summary>
/// <remarks>
/// A feature with <c>bounds_imcoords</c> ("x1,y1,x2,y2") belongs to the image of its <c>image_id</c>. Other coordinates are longitude and
/// latitude (or those of the <c>crs</c> member). Where a GeoTIFF has the file's name (SpaceNet: but for <c>Geo_</c> and its own prefix) and
/// says where it lies, they become its pixels; else they stay, such samples have no image, and their frame is named after the coordinates.
/// Numbers that are no degrees, in a file that names no system, are the image's own system where they lie in it, else its pixels. The class
/// is the first of label, class_name, class, type, change_type, category, type_id; where there is none, the building or road of the file's
/// path, or "feature". An empty file is a scene without objects.
/// </remarks>
public sealed class GeoJsonReader : IDatasetReader
{
    private const int MostFolders = 50;

    private static readonly string[] ClassNamesOf =
    [
        "label",
        "class_name",
        "class",
        "type",
        "change_type",
        "category",
        "building",
        "crop",
        "type_id",
    ];

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
        if (files.Count == 0)
            throw new GeoVlmException($"{path}: no .geojson file here or in its sub-folders. Name the file.");
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        return folder.Finish(
            this,
            files.SelectMany(file => DetectionSamples.Settle(folder, images, folder.Relative(file), OfFile(folder, images, file)))
        );
    }

    // SpaceNet keeps its files in geojson/buildings/ below each area.
    private static IReadOnlyList<string> Files(string path) =>
        File.Exists(path) || !Directory.Exists(path)
            ? RowFiles.Of(path, IsGeoJson)
            :
            [
                .. DatasetFolder
                    .Folders(path)
                    .SelectMany(f => DatasetFolder.Folders(f).Take(MostFolders))
                    .SelectMany(f => DatasetFolder.Folders(f).Take(MostFolders).Prepend(f))
                    .SelectMany(f => DatasetFolder.Files(f, ".geojson"))
                    .Concat(RowFiles.Of(path, IsGeoJson))
                    .Order(StringComparer.Ordinal),
            ];

    private static bool IsGeoJson(string f) =>
        (
            RowFiles.EndsWith(f, ".geojson")
            || (RowFiles.EndsWith(f, ".json") && FileStart.Read(f).Contains("\"FeatureCollection\"", StringComparison.Ordinal))
        );

    private static IEnumerable<AnnotatedImage> OfFile(DatasetFolder folder, RowImages images, string file)
    {
        string where = folder.Relative(file),
            stem = where[..where.LastIndexOf('.')];
        int known = folder.Problems.Count;
        var (features, crs) = GeoFeature.Read(folder, file);
        if (features.Count == 0 && folder.Problems.Count == known && ImageOf(images, where) is { Problem: null } bare)
            yield return new AnnotatedImage(where, stem, [], new Dictionary<string, string> { ["file"] = images.PathOf(bare) })
            {
                Image = bare,
                IsEmpty = true,
                Split = SplitNames.Of(where),
            };
        foreach (
            var ofImage in features
                .Where(f => f.Properties.ContainsKey("bounds_imcoords"))
                .GroupBy(f => f.Text("image_id", "image", "file_name") ?? "")
        )
        {
            var boxes = ofImage.Select(f => InPixels(folder, f)).OfType<LabelledBox>().ToList();
            var image = ofImage.Key.Length == 0 ? null : images.OpenFor(where, ofImage.Key);
            if (!images.SkipUnreadable(image))
                yield return new AnnotatedImage(
                    where,
                    Path.ChangeExtension(ofImage.Key, null),
                    boxes,
                    new Dictionary<string, string> { ["file"] = image is null ? ofImage.Key : images.PathOf(image) }
                )
                {
                    Image = image,
                    Missing = image is null ? ofImage.Key : null,
                    Split = SplitNames.Of(where),
                };
        }
        LabelledBox[] places = [.. features.Where(f => !f.Properties.ContainsKey("bounds_imcoords")).SelectMany(OnTheGround)];
        if (places.Length == 0)
            yield break;
        if (ImageOf(images, where) is { } scene && InPixelsOf(scene, places, crs) is { } mapped)
        {
            yield return new AnnotatedImage(where, stem, mapped, new Dictionary<string, string> { ["file"] = images.PathOf(scene) })
            {
                Image = scene,
                Split = SplitNames.Of(where),
            };
            yield break;
        }
        yield return new AnnotatedImage(
            where,
            stem,
            places,
            new Dictionary<string, string> { ["file"] = where, ["coordinates"] = crs ?? "longitude and latitude" }
        )
        {
            Ground = new CoordinateFrame(
                IsDegrees(crs) ? "longitude and latitude" : crs!,
                Math.Max(1, places.Max(p => Math.Abs(p.Box.X2))),
                Math.Max(1, places.Max(p => Math.Abs(p.Box.Y2)))
            ),
            Split = SplitNames.Of(where),
        };
    }

    /// <summary>The image of the same name, or whose name ends as the file's does behind
    /// its first word; null where there is none or several.</summary>
    private static GeoImage? ImageOf(RowImages images, string where)
    {
        if (images.OfLabels(where) is { } same)
            return same;
        string stem = Path.GetFileNameWithoutExtension(where),
            ending = stem.IndexOf('_') is > 0 and var first ? stem[first..] : "";
        if (ending.Length < 4)
            return null;
        return
            images
                .Files.Paths.Where(p =>
                    RowFiles.EndsWith(p, ".tif", ".tiff") && Path.GetFileNameWithoutExtension(p).EndsWith(ending, StringComparison.Ordinal)
                )
                .ToList()
                is [var only]
            ? images.Open(only)
            : null;
    }

    /// <summary>The places in pixels of an image; null where it does not say where it lies, or in a system that is not known.</summary>
    internal static List<LabelledBox>? InPixelsOf(GeoImage image, IReadOnlyList<LabelledBox> places, string? crs)
    {
        if (image.Problem is not null)
            return null;
        var ground = image.Georeference;
        if (crs is null && (ground is null || !places.All(p => p.Box is { X1: >= -181, X2: <= 181, Y1: >= -91, Y2: <= 91 })))
        {
            // No system is named, and these are no degrees on this image: its own system, or its pixels.
            if (ground is not null && Mapped(places, (x, y) => ground.Transform.ToPixel(x, y)) is { } own && own.All(IsInside))
                return own;
            return places.All(p => IsInside(p) && p.Box is { Width: >= 1, Height: >= 1 }) ? [.. places] : null;
        }
        if (ground is null)
            return null;
        if (IsDegrees(crs))
            return Mapped(places, (x, y) => ground.ToPixel(x, y));
        return
            ground.Crs is { } named
            && named.StartsWith("EPSG:", StringComparison.Ordinal)
            && crs!.EndsWith(":" + named[5..], StringComparison.Ordinal)
            ? Mapped(places, (x, y) => ground.Transform.ToPixel(x, y))
            : null;

        bool IsInside(LabelledBox item) => !item.Box.ClipTo(image.Width, image.Height).IsEmpty;
    }

    private static bool IsDegrees(string? crs) =>
        crs is null || crs.EndsWith("CRS84", StringComparison.Ordinal) || crs.EndsWith("4326", StringComparison.Ordinal);

    private static List<LabelledBox>? Mapped(IReadOnlyList<LabelledBox> places, Func<double, double, (double X, double Y)?> toPixel)
    {
        var mapped = new List<LabelledBox>();
        foreach (var place in places)
        {
            var points = place.Outline?.Points ?? [(place.Box.X1, place.Box.Y1), (place.Box.X2, place.Box.Y2)];
            (double X, double Y)?[] pixels = [.. points.Select(p => toPixel(p.X, p.Y))];
            if (pixels.Any(p => p is null))
                return null;
            var outline = new Polygon([.. pixels.Select(p => p!.Value)]);
            mapped.Add(place with { Box = outline.Bounds(), Outline = place.Outline is null ? null : outline });
        }
        return mapped;
    }

    private static string ClassOf(GeoFeature feature) =>
        ClassNames.Readable(feature.Text(ClassNamesOf) ?? "") is { Length: > 0 } label ? label
        // SpaceNet's layers have no class: geojson/buildings/…, …_Buildings.geojson.
        : Layers.FirstOrDefault(l => feature.Where.Contains(l, StringComparison.OrdinalIgnoreCase)) is { } layer ? layer
        : "feature";

    private static readonly string[] Layers = ["building", "road"];

    /// <summary>Lines and points have no area on the ground; they are kept as what they are.</summary>
    private static IEnumerable<LabelledBox> OnTheGround(GeoFeature feature) =>
        feature.Outlines.Select(outline => new LabelledBox(outline.Bounds(), ClassOf(feature))
        {
            Outline = outline.Points.Count >= 3 && feature.Kind.EndsWith("Polygon", StringComparison.Ordinal) ? outline : null,
        });

    private static LabelledBox? InPixels(DatasetFolder folder, GeoFeature feature)
    {
        double[] numbers =
        [
            .. (feature.Text("bounds_imcoords") ?? "")
                .Split(',')
                .Select(n =>
                    double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                        ? value
                        : double.NaN
                ),
        ];
        if (
            numbers.Length == 4
            && !numbers.Any(double.IsNaN)
            && new Box(numbers[0], numbers[1], numbers[2], numbers[3]) is { IsEmpty: false } box
        )
            return new LabelledBox(
                box,
                feature.Text("type_id") is { } number && XViewClasses.Names.TryGetValue(number, out string? named)
                    ? named
                    : ClassOf(feature)
            );
        folder.Report(
            feature.Where,
            "bounds_imcoords must be four numbers x1,y1,x2,y2 that enclose an area. Skipped.",
            ProblemKind.BoxUnusable
        );
        return null;
    }
}
