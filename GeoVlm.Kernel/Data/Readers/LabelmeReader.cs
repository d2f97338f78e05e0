using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>labelme: one JSON file an image, with <c>shapes</c> of points in pixels, and the image beside it or inside.</summary>
/// <remarks>
/// A rectangle is two corners in any order, a circle its centre and a point of its rim, a shape without <c>shape_type</c> a polygon. A line
/// has the box around it; a point the pixel that holds it. <c>imageData</c> (base64) is used where the image file is not here.
/// </remarks>
public sealed class LabelmeReader : IDatasetReader
{
    private const int Deepest = 3,
        Peeked = 8;

    /// <inheritdoc/>
    public string Name => "labelme";

    /// <inheritdoc/>
    public string Summary => "JSON files with shapes of points (labelme): rectangles, polygons, circles, in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Files(path).FirstOrDefault() is { } file ? $"{Path.GetFileName(file)} holds shapes of points" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        IReadOnlyList<string> files = File.Exists(path) ? [path] : [.. Files(path)];
        if (files.Count == 0)
            throw new GeoVlmException(
                $"{path}: no JSON file with \"shapes\" here or in its sub-folders. Name the folder that holds labelme's files."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        return folder.Finish(
            this,
            DetectionSamples.Settle(folder, images, ".", files.Select(f => OfFile(folder, images, f)).OfType<AnnotatedImage>())
        );
    }

    /// <summary>The files, by path; a folder counts by its first few, so that trees of other JSON are not opened file by file.</summary>
    private static IEnumerable<string> Files(string path) =>
        File.Exists(path)
            ? RowFiles.Of(path, f => RowFiles.EndsWith(f, ".json")).Where(Fits)
            : (Directory.Exists(path) ? DatasetFolder.WithBelow(path, Deepest) : [])
                .Select(f => DatasetFolder.Files(f, ".json").ToList())
                .Where(files => files.Take(Peeked).Any(Fits))
                .SelectMany(files => files.Where(Fits));

    private static bool Fits(string file) =>
        FileStart.Read(file) is var start && start.Contains("\"shapes\"", StringComparison.Ordinal) && start.TrimStart().StartsWith('{');

    private static AnnotatedImage? OfFile(DatasetFolder folder, RowImages images, string file)
    {
        string where = folder.Relative(file);
        if (new JsonRows(where, folder.Report).Read(File.ReadAllBytes(file)).FirstOrDefault() is not { } row)
            return null;
        var objects = new List<LabelledBox>();
        int number = 0,
            known = folder.Problems.Count;
        foreach (var shape in (row.List("shapes") ?? []).OfType<Dictionary<string, object?>>())
        {
            number++;
            if (Shape(shape, out string problem) is { } item)
                objects.Add(item);
            if (problem.Length > 0)
                folder.Report($"{where}, shape {number}", problem, ProblemKind.BoxUnusable);
        }
        bool isEmpty = objects.Count == 0 && folder.Problems.Count == known;
        // Only the name counts: labelme writes "..\\images\\x.jpg", and a dataset's annotations never lead out of its folder.
        string named = row.Text("imagePath")?.Replace('\\', '/') ?? "",
            name = named[(named.LastIndexOf('/') + 1)..];
        if (name.Length == 0)
            name = Path.GetFileNameWithoutExtension(file) + ".jpg";
        var image = images.OpenFor(where, name) ?? (row.Text("imageData") is null ? null : Inside(folder, file, name));
        var size = ((int)(row.Numeric("imageWidth") ?? 0), (int)(row.Numeric("imageHeight") ?? 0));
        if (folder.SkipUnreadable(where, image))
            return null;
        if (image is not null && size is (> 0, > 0) && size != (image.Width, image.Height))
            folder.Report(
                where,
                $"says {size.Item1} x {size.Item2}, the image is {image.Width} x {image.Height}; the image's size is used."
            );
        return new AnnotatedImage(
            where,
            where[..^5],
            objects,
            new Dictionary<string, string> { ["file"] = image is null ? name : images.PathOf(image) }
        )
        {
            Image = image,
            Missing = image is null ? name : null,
            Size = size,
            IsEmpty = isEmpty,
            Split = SplitNames.Of(Path.GetDirectoryName(where) ?? ""),
        };
    }

    private static GeoImage Inside(DatasetFolder folder, string file, string name)
    {
        return GeoImage.Deferred(
            name,
            () => ImageDecoder.ReadHeader(Bytes(), name, folder.Options.Images),
            () => ImageDecoder.Decode(Bytes(), name, folder.Options.Images)
        );

        byte[] Bytes()
        {
            string? text = new JsonRows(file, (_, _) => { }).Read(File.ReadAllBytes(file)).FirstOrDefault()?.Text("imageData");
            byte[] bytes = new byte[(text?.Length ?? 0) * 3 / 4 + 3];
            return text is not null && Convert.TryFromBase64String(text, bytes, out int count)
                ? bytes[..count]
                : throw new GeoVlmException(
                    $"{file}: its imageData is no base64 text. Save it again with labelme, or put {name} beside it."
                );
        }
    }

    private static LabelledBox? Shape(Dictionary<string, object?> shape, out string problem)
    {
        problem = "";
        string label = ClassNames.Readable(Row.AsText(shape.GetValueOrDefault("label")) ?? ""),
            type = Row.AsText(shape.GetValueOrDefault("shape_type")) ?? "polygon";
        var points = (shape.GetValueOrDefault("points") as List<object?> ?? [])
            .Select(p => p is List<object?> { Count: >= 2 } xy ? (X: Row.AsNumber(xy[0]), Y: Row.AsNumber(xy[1])) : default)
            .ToList();
        int needed = type switch
        {
            "point" => 1,
            "rectangle" or "circle" or "line" or "linestrip" => 2,
            _ => 3,
        };
        if (label.Length == 0 || points.Count < needed || points.Any(p => p.X is null || p.Y is null))
        {
            problem = label.Length == 0 ? "no label. Skipped." : $"{label}: a {type} needs {needed} points of two finite numbers. Skipped.";
            return null;
        }
        (double X, double Y)[] at = [.. points.Select(p => (p.X!.Value, p.Y!.Value))];
        double radius = type == "circle" ? Math.Sqrt(Math.Pow(at[1].X - at[0].X, 2) + Math.Pow(at[1].Y - at[0].Y, 2)) : 0;
        var box = type switch
        {
            "point" => new Box(Math.Floor(at[0].X), Math.Floor(at[0].Y), Math.Floor(at[0].X) + 1, Math.Floor(at[0].Y) + 1),
            "circle" => new Box(at[0].X - radius, at[0].Y - radius, at[0].X + radius, at[0].Y + radius),
            _ => new Polygon(at).Bounds(),
        };
        if (!box.IsEmpty)
            return new LabelledBox(box, label) { Outline = type is "polygon" or "oriented_rectangle" ? Polygon.FromRing(at) : null };
        problem = $"{label}: the {type} encloses no area. Skipped.";
        return null;
    }
}
