using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>VisDrone-DET: annotations/ with one text file for each image in images/.</summary>
/// <remarks>
/// Lines hold eight whole numbers in pixels, with or without a comma at the end: left, top, width, height, score, category, truncation,
/// occlusion. Category 0 is a region in which nothing was annotated, and score 0 an object that the source leaves out of its evaluation:
/// both are no objects here, and stand in the attribute "ignored", so that boxes found in them need not count as wrong. A file with nothing
/// but such lines does not say that the image is empty, and gives no sample. Source: Zhu et al., IEEE TPAMI 2021.
/// </remarks>
public sealed partial class VisDroneReader : IDatasetReader
{
    private const int Fields = 8,
        MostIgnored = 64;

    private static readonly string[] Classes =
    [
        "ignored region",
        "pedestrian",
        "people",
        "bicycle",
        "car",
        "van",
        "truck",
        "tricycle",
        "awning tricycle",
        "bus",
        "motor",
        "other",
    ];

    /// <inheritdoc/>
    public string Name => "visdrone";

    /// <inheritdoc/>
    public string Summary => "annotations/*.txt of left,top,width,height,score,category,truncation,occlusion (VisDrone-DET), in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        LabelFiles.Folders(path, Fits) is [var labels, ..]
            ? $"{Path.GetFileName(labels)}/ holds lines of eight numbers as VisDrone has them"
        : LabelFiles.IsOne(path, Fits) ? $"{Path.GetFileName(path)} holds lines of eight numbers as VisDrone has them"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        bool isFile = File.Exists(path);
        var labels = isFile ? [] : LabelFiles.Folders(path, Fits);
        if (labels.Count == 0 && !isFile)
            throw new GeoVlmException(
                $"{path}: no folder of text files with lines left,top,width,height,score,category,truncation,occlusion here or below. "
                    + "Name the folder that holds images/ and annotations/."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        return folder.Finish(
            this,
            isFile
                ? DetectionSamples.Settle(folder, images, Path.GetFileName(path), Of(folder, images, [path]))
                : labels.SelectMany(l => DetectionSamples.Settle(folder, images, folder.Relative(l), OfFolder(folder, images, l)))
        );
    }

    private static bool Fits(string text) =>
        text.Split('\n').Select(Plain).Where(l => l.Length > 0).Take(6).ToList() is { Count: > 0 } lines
        && 2 * lines.Count(l => Line().IsMatch(l)) > lines.Count;

    private static string Plain(string line) => line.Trim().TrimStart('\uFEFF');

    private static IEnumerable<AnnotatedImage> OfFolder(DatasetFolder folder, RowImages images, string labels)
    {
        var files = LabelFiles.Of(labels).ToList();
        foreach (var annotated in Of(folder, images, files))
            yield return annotated;
        var stems = files.Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        if (
            images
                .Beside(folder.Relative(labels))
                .Where(p => !stems.Contains(Path.GetFileNameWithoutExtension(p)))
                .Order(StringComparer.Ordinal)
                .ToList()
            is [var first, ..] without
        )
            folder.Report(
                folder.Relative(labels),
                $"{Counted.Of(without.Count, "image has", "images have")} no file in it, the first is {first}. Put their files there, or remove them. Left out."
            );
    }

    private static IEnumerable<AnnotatedImage> Of(DatasetFolder folder, RowImages images, IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            string where = folder.Relative(file),
                stem = Path.GetFileNameWithoutExtension(file),
                part = Path.GetDirectoryName(Path.GetDirectoryName(where) ?? "") ?? "";
            if (folder.ReadText(file) is not { } text)
                continue;
            var image = images.OfLabels(where);
            if (images.SkipUnreadable(image))
                continue;
            int known = folder.Problems.Count;
            var (objects, ignored) = ReadObjects(folder, where, text);
            var facts = new Dictionary<string, string> { ["file"] = image is null ? stem : images.PathOf(image) };
            if (ignored.Count > 0)
                facts["ignored"] = string.Join(' ', ignored.Take(MostIgnored).Select(Corners));
            yield return new AnnotatedImage(where, part.Length > 0 ? $"{part}/{stem}" : stem, objects, facts)
            {
                Image = image,
                Missing = image is null ? stem + ".jpg" : null,
                IsEmpty = objects.Count + ignored.Count == 0 && folder.Problems.Count == known,
                Split = SplitNames.Of(part),
            };
        }
    }

    private static string Corners(Box box) => string.Create(CultureInfo.InvariantCulture, $"[{box.X1}, {box.Y1}, {box.X2}, {box.Y2}]");

    private static (List<LabelledBox> Objects, List<Box> Ignored) ReadObjects(DatasetFolder folder, string where, string text)
    {
        var (objects, ignored) = (new List<LabelledBox>(), new List<Box>());
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            if (Plain(raw) is not { Length: > 0 } line)
                continue;
            double[] n =
            [
                .. line.TrimEnd(',')
                    .Split(',')
                    .Select(f =>
                        double.TryParse(f, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN
                    ),
            ];
            if (n.Length != Fields || !n.All(double.IsFinite))
                Refuse("expected eight numbers left,top,width,height,score,category,truncation,occlusion; mend the line.");
            else if (n[5] < 0 || n[5] >= Classes.Length || n[5] != Math.Floor(n[5]))
                Refuse($"category {Plain(line.Split(',')[5])} is none of 0 to {Classes.Length - 1}; mend the line.");
            else if (Box.FromXywh(n[0], n[1], n[2], n[3]) is var box && box.IsEmpty)
                Refuse($"{Classes[(int)n[5]]}: the box encloses no area; mend or remove the line.");
            else if (n[4] == 0 || n[5] == 0)
                ignored.Add(box);
            else
                objects.Add(new LabelledBox(box, Classes[(int)n[5]]));
        }
        return (objects, ignored);

        void Refuse(string what) => folder.Report($"{where}:{number}", what + " Skipped.", ProblemKind.BoxUnusable);
    }

    // Score 0 or 1, category 0 to 11, truncation 0 or 1, occlusion 0 to 2: eight coordinates or a detector's output are not taken for it.
    [GeneratedRegex(@"^-?\d+,-?\d+,\d+,\d+,[01],(?:\d|1[01]),[01],[0-2],?$")]
    private static partial Regex Line();
}
