using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>YOLO and YOLO-OBB: one text file an image, fractions of each side.</summary>
/// <remarks>
/// Lines hold a class number and centre x, centre y, width, height (YOLO), or eight numbers of four corners (YOLO-OBB), or the corners of
/// an outline (YOLO-seg). Classes are named in <c>classes.txt</c>, <c>obj.names</c> or the <c>names</c> of a <c>.yaml</c> file, counted
/// from 0; <c>train.txt</c> and its kin give splits. Without the image its size is unknown, so boxes stay fractions.
/// </remarks>
public sealed partial class YoloReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "yolo";

    /// <inheritdoc/>
    public string Summary => "images/ and labels/ (YOLO, YOLO-OBB): class cx cy w h, or class and four corners, as fractions";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        LabelFiles.Folders(path, Fits) is [var labels, ..] ? $"{Path.GetFileName(labels)}/ holds lines of a class number and fractions"
        : LabelFiles.IsOne(path, Fits) ? $"{Path.GetFileName(path)} holds lines of a class number and fractions"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        string[] labels = File.Exists(path) ? [] : [.. LabelFiles.Folders(path, Fits)];
        if (labels.Length == 0 && !File.Exists(path))
            throw new GeoVlmException(
                $"{path}: no folder of text files with a class number and fractions of 0 to 1. Name the folder that holds images/ and labels/."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        var names = YoloClasses.Read(folder);
        var lists = SplitLists.Read(folder);
        if (names.Count == 0)
            folder.Report(
                ".",
                "no classes.txt and no .yaml file with names; classes are called 'class 0' and so on. Put classes.txt beside labels/."
            );
        if (labels.Length == 0)
            return folder.Finish(
                this,
                DetectionSamples.Settle(folder, images, Path.GetFileName(path), OfFiles(folder, images, [path], names, lists))
            );
        return folder.Finish(
            this,
            labels.SelectMany(l =>
                LabelFiles.Of(l).ToList() is var files
                    ? DetectionSamples.Settle(
                        folder,
                        images,
                        folder.Relative(l),
                        OfFiles(folder, images, files, names, lists).Concat(Unlabelled(folder, images, files))
                    )
                    : []
            )
        );
    }

    /// <summary>One good line will do, where most lines begin with a class number: a bad one must not lose the set.</summary>
    private static bool Fits(string text)
    {
        string[] lines = [.. text.Split('\n').Select(l => l.Trim().TrimStart('\uFEFF')).Where(l => l.Length > 0).Take(6)];
        return 2 * lines.Count(l => StartsWithClass().IsMatch(l)) > lines.Length
            && lines.Any(l =>
                Line().IsMatch(l)
                && l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                    .Skip(1)
                    .All(f => double.Parse(f, NumberStyles.Float, CultureInfo.InvariantCulture) is >= -0.2 and <= 1.2)
            );
    }

    private static IEnumerable<AnnotatedImage> OfFiles(
        DatasetFolder folder,
        RowImages images,
        IEnumerable<string> files,
        IReadOnlyDictionary<int, string> names,
        SplitLists lists
    )
    {
        foreach (string file in files)
        {
            string where = folder.Relative(file),
                stem = Path.GetFileNameWithoutExtension(file),
                labels = Path.GetDirectoryName(where) ?? "";
            if (folder.ReadText(file) is not { } text)
                continue;
            var image = images.OfLabels(where);
            if (images.SkipUnreadable(image))
                continue;
            var frame = image is null ? CoordinateFrame.Unit : CoordinateFrame.Original(image.Width, image.Height);
            int known = folder.Problems.Count;
            var objects = ReadObjects(folder, where, text, names).ConvertAll(o => CoordinateFrame.Unit.Convert(o, frame));
            string part = Words().Replace(labels, "").Trim('/');
            yield return new AnnotatedImage(
                where,
                part.Length > 0 ? $"{part}/{stem}" : stem,
                objects,
                new Dictionary<string, string> { ["file"] = image is null ? stem : images.PathOf(image) }
            )
            {
                Image = image,
                Missing = image is null ? stem + ".jpg" : null,
                Size = image is null ? (1, 1) : default,
                IsEmpty = objects.Count == 0 && folder.Problems.Count == known,
                Split = image is not null && lists.SplitOf(images.PathOf(image)) is { Length: > 0 } listed ? listed : SplitNames.Of(labels),
            };
        }
    }

    /// <summary>Images beside labelled ones that have no text: as YOLO has it, nothing is in them.</summary>
    private static IEnumerable<AnnotatedImage> Unlabelled(DatasetFolder folder, RowImages images, IReadOnlyList<string> files)
    {
        var stems = files.Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        var beside = files
            .Select(f => images.OfLabels(folder.Relative(f)))
            .OfType<GeoImage>()
            .Select(i => Path.GetDirectoryName(images.PathOf(i)))
            .ToHashSet(StringComparer.Ordinal);
        foreach (
            string path in images
                .Files.Paths.Where(p =>
                    DatasetFolder.IsImage(p)
                    && beside.Contains(Path.GetDirectoryName(p))
                    && !stems.Contains(Path.GetFileNameWithoutExtension(p))
                )
                .Order(StringComparer.Ordinal)
        )
            if (images.Open(path) is { Problem: null } image)
                yield return new AnnotatedImage(
                    path,
                    Path.ChangeExtension(path, null),
                    [],
                    new Dictionary<string, string> { ["file"] = path }
                )
                {
                    Image = image,
                    IsEmpty = true,
                    Split = SplitNames.Of(Path.GetDirectoryName(path) ?? ""),
                };
    }

    private static List<LabelledBox> ReadObjects(DatasetFolder folder, string where, string text, IReadOnlyDictionary<int, string> names)
    {
        var objects = new List<LabelledBox>();
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string[] fields = raw.Trim().TrimStart('\uFEFF').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
                continue;
            var numbers = new double[fields.Length - 1];
            bool good = int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id);
            for (int i = 1; i < fields.Length; i++)
                good &=
                    double.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i - 1])
                    && double.IsFinite(numbers[i - 1]);
            // A fifth number is a tracker's or a model's confidence.
            bool isOutline = numbers.Length >= 6 && numbers.Length % 2 == 0;
            if (!good || !(isOutline || numbers.Length is 4 or 5))
            {
                folder.Report(
                    $"{where}:{number}",
                    "expected a class number and 4 fractions (centre and size) or an even number of corners, with decimal points; mend the line. Skipped.",
                    ProblemKind.BoxUnusable
                );
                continue;
            }
            string label = names.TryGetValue(id, out string? named) ? named : $"class {id}";
            var outline = isOutline ? new Polygon([.. numbers.Chunk(2).Select(p => (p[0], p[1]))]) : null;
            var box =
                outline?.Bounds()
                ?? new Box(
                    numbers[0] - numbers[2] / 2,
                    numbers[1] - numbers[3] / 2,
                    numbers[0] + numbers[2] / 2,
                    numbers[1] + numbers[3] / 2
                );
            if (box.IsEmpty)
                folder.Report(
                    $"{where}:{number}",
                    $"{label}: the box encloses no area; mend or remove the line. Skipped.",
                    ProblemKind.BoxUnusable
                );
            else
                objects.Add(
                    new LabelledBox(box, label)
                    {
                        Outline = outline,
                        Oriented = outline is { Points.Count: 4 } ? OrientedBox.FromQuad(outline.Points) : null,
                    }
                );
        }
        return objects;
    }

    [GeneratedRegex(@"^\d{1,5}(?:\s+[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?){4,}$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^\d{1,5}(\s|$)")]
    private static partial Regex StartsWithClass();

    [GeneratedRegex(@"(?<=^|/)labels(?=/|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
