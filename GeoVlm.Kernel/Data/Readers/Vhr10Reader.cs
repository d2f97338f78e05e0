using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>NWPU VHR-10 as it was published: lines <c>(x1,y1),(x2,y2),class</c>, pixels,
/// in "ground truth/", images in "positive image set/".</summary>
/// <remarks>Its COCO form is read by <see cref="CocoReader"/>. Class numbers 1 to 10 have the names of its page. Source: Cheng et al.,
/// ISPRS 2014.</remarks>
public sealed partial class Vhr10Reader : IDatasetReader
{
    private static readonly string[] Classes =
    [
        "airplane",
        "ship",
        "storage tank",
        "baseball diamond",
        "tennis court",
        "basketball court",
        "ground track field",
        "harbor",
        "bridge",
        "vehicle",
    ];

    /// <inheritdoc/>
    public string Name => "vhr10";

    /// <inheritdoc/>
    public string Summary => "\"ground truth\"/*.txt of lines (x1,y1),(x2,y2),class (NWPU VHR-10), in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        LabelFiles.Folders(path, Fits) is [var labels, ..] ? $"{Path.GetFileName(labels)}/ holds lines (x1,y1),(x2,y2),class"
        : LabelFiles.IsOne(path, Fits) ? $"{Path.GetFileName(path)} holds lines (x1,y1),(x2,y2),class"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        IReadOnlyList<string> files = File.Exists(path) ? [path] : [.. LabelFiles.Folders(path, Fits).SelectMany(LabelFiles.Of)];
        if (files.Count == 0)
            throw new GeoVlmException(
                $"{path}: no text files with lines (x1,y1),(x2,y2),class here or below. Name the folder that holds \"ground truth\"."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        return folder.Finish(
            this,
            DetectionSamples.Settle(
                folder,
                images,
                ".",
                files.Select(f => OfFile(folder, images, f)).OfType<AnnotatedImage>().Concat(NegativeImages.Of(folder, images))
            )
        );
    }

    private static bool Fits(string text) =>
        text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).Take(2).Any(l => Line().IsMatch(l));

    private static AnnotatedImage? OfFile(DatasetFolder folder, RowImages images, string file)
    {
        string where = folder.Relative(file),
            stem = Path.GetFileNameWithoutExtension(file);
        if (folder.ReadText(file) is not { } text)
            return null;
        var objects = new List<LabelledBox>();
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim().TrimStart('\uFEFF');
            if (line.Length == 0)
                continue;
            if (Line().Match(line) is not { Success: true } match)
            {
                folder.Report($"{where}:{number}", "expected (x1,y1),(x2,y2),class; mend the line. Skipped.", ProblemKind.BoxUnusable);
                continue;
            }
            double N(int group) => double.Parse(match.Groups[group].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);
            int id = (int)N(5);
            string label = id >= 1 && id <= Classes.Length ? Classes[id - 1] : $"class {id}";
            var box = new Box(N(1), N(2), N(3), N(4));
            if (box.IsEmpty)
                folder.Report(
                    $"{where}:{number}",
                    $"{label}: the box encloses no area; x1 must be less than x2 and y1 less than y2. Skipped.",
                    ProblemKind.BoxUnusable
                );
            else
                objects.Add(new LabelledBox(box, label));
        }
        // Images without objects have the same numbers in another folder.
        var image = images.OfLabels(where, p => !p.Contains("negative", StringComparison.OrdinalIgnoreCase));
        if (images.SkipUnreadable(image))
            return null;
        return new AnnotatedImage(
            where,
            stem,
            objects,
            new Dictionary<string, string> { ["file"] = image is null ? stem : images.PathOf(image) }
        )
        {
            Image = image,
            Missing = image is null ? stem + ".jpg" : null,
        };
    }

    [GeneratedRegex(@"^\(\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*\)\s*,\s*\(\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*\)\s*,\s*(\d{1,4})\s*,?$")]
    private static partial Regex Line();
}
