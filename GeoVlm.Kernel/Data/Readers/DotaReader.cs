using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>DOTA: one text file of four-cornered boxes for each image.</summary>
/// <remarks>
/// <c>images/</c> and <c>labelTxt/</c> side by side, or in split folders (<c>train/images/</c> ...); <c>annfiles/</c> (mmrotate) and any
/// folder of text files in this form; one such file alone. Lines hold eight numbers (pixels, continuous, the object's head first), class,
/// and difficult (0 or 1; 0 when absent, with a note). Two header lines, <c>imagesource:</c> and <c>gsd:</c> (metres), may be absent; an
/// empty file is an image without objects. The box is the bounding box of the four corners, <see cref="LabelledBox.Oriented"/> the
/// rectangle of smallest area around them. Source: Xia et al., DOTA, CVPR 2018.
/// </remarks>
public sealed partial class DotaReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "dota";

    /// <inheritdoc/>
    public string Summary => "images/ and labelTxt/ (DOTA): x1 y1 x2 y2 x3 y3 x4 y4 class difficult, in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        LabelFolders(path) is [var labels, ..] ? $"{Path.GetFileName(labels)}/ holds lines of eight coordinates and a class"
        : LabelFiles.IsOne(path, Fits, IsNamed) ? $"{Path.GetFileName(path)} holds lines of eight coordinates and a class"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var labels = LabelFolders(path);
        if (labels.Count == 0 && !File.Exists(path))
            throw new GeoVlmException(
                $"{path}: no labelTxt/ folder with lines of eight coordinates and a class here or below. "
                    + "DOTA has images/ and labelTxt/ side by side; name the folder that holds both."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        if (labels.Count == 0)
            return folder.Finish(
                this,
                DetectionSamples.Settle(folder, images, Path.GetFileName(path), [OfFile(folder, images, path, withFolder: false)!])
            );
        return folder.Finish(
            this,
            labels.SelectMany(l => DetectionSamples.Settle(folder, images, folder.Relative(l), OfFolder(folder, images, l, labels)))
        );
    }

    // DOTA's horizontal task has the same objects again as upright corners: reclabelTxt/, DOTA-v1.5_train_hbb/.
    private static IReadOnlyList<string> LabelFolders(string path) =>
        LabelFiles.Folders(path, Fits, IsNamed) is var all
        && all.Where(f => !Upright().IsMatch(Path.GetFileName(f))).ToList() is { Count: > 0 } oriented
            ? oriented
            : all;

    private static bool IsNamed(string folder) =>
        folder.StartsWith("labelTxt", StringComparison.OrdinalIgnoreCase) || folder.Equals("annfiles", StringComparison.OrdinalIgnoreCase);

    private static bool Fits(string text) =>
        text.Split('\n').Select(l => l.Trim().TrimStart('\uFEFF')).Where(l => l.Length > 0).Take(6).Any(l => Line().IsMatch(l));

    private static IEnumerable<AnnotatedImage> OfFolder(DatasetFolder folder, RowImages images, string labels, IReadOnlyList<string> all)
    {
        // Two generations of labels beside each other (v1.0, v1.5) speak of the same images.
        bool shared = all.Count(l => Path.GetDirectoryName(l) == Path.GetDirectoryName(labels)) > 1;
        var seen = new HashSet<GeoImage>(ReferenceEqualityComparer.Instance);
        foreach (string file in LabelFiles.Of(labels))
            if (OfFile(folder, images, file, shared) is { } annotated)
            {
                if (annotated.Image is { } image)
                    seen.Add(image);
                yield return annotated;
            }
        if (seen.Count > 0 && images.Beside(folder.Relative(labels)) is { Count: > 0 } beside && beside.Count > seen.Count && !shared)
        {
            var without = beside
                .Where(p => !File.Exists(Path.Combine(labels, Path.GetFileNameWithoutExtension(p) + ".txt")))
                .Order(StringComparer.Ordinal)
                .ToList();
            if (without.Count > 0)
                folder.Report(folder.Relative(labels), $"{without.Count} images have no file in it, the first is {without[0]}. Left out.");
        }
    }

    private static AnnotatedImage? OfFile(DatasetFolder folder, RowImages images, string file, bool withFolder)
    {
        string stem = Path.GetFileNameWithoutExtension(file),
            where = folder.Relative(file);
        if (folder.ReadText(file) is not { } text)
            return null;
        var facts = new Dictionary<string, string>();
        int known = folder.Problems.Count;
        var objects = ReadObjects(folder, where, text, facts);
        bool isEmpty = objects.Count == 0 && folder.Problems.Count == known;
        var image = images.OfLabels(where);
        if (image is not null)
        {
            facts["file"] = images.PathOf(image);
            if (images.SkipUnreadable(image))
                return null;
            if (
                facts.TryGetValue("gsd", out string? gsd)
                && double.TryParse(gsd, NumberStyles.Float, CultureInfo.InvariantCulture, out double metres)
                && double.IsFinite(metres)
                && metres > 0
            )
                image = image with { GroundSampleDistanceMetres = metres };
        }
        string labels = Path.GetDirectoryName(where) ?? "",
            part = withFolder ? labels : Path.GetDirectoryName(labels) ?? "";
        return new AnnotatedImage(where, part.Length > 0 ? $"{part}/{stem}" : stem, objects, facts)
        {
            Image = image,
            Missing = image is null ? stem + ".png" : null,
            IsEmpty = isEmpty,
            Split = SplitNames.Of(labels),
        };
    }

    /// <summary>The objects of a label file; header lines go into <paramref name="facts"/>.</summary>
    private static List<LabelledBox> ReadObjects(DatasetFolder folder, string where, string text, Dictionary<string, string> facts)
    {
        var objects = new List<LabelledBox>();
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim().TrimStart('\uFEFF');
            if (line.Length == 0)
                continue;
            if (line.Split(':', 2) is [("imagesource" or "gsd") and var key, var value])
            {
                facts[key] = value.Trim();
                continue;
            }
            var item = ReadObject(line, out string problem);
            if (item is not null)
                objects.Add(item);
            if (problem.Length > 0)
                folder.Report($"{where}:{number}", problem, item is null ? ProblemKind.BoxUnusable : ProblemKind.Other);
        }
        return objects;
    }

    private static LabelledBox? ReadObject(string line, out string problem)
    {
        const string expected = "expected 8 numbers with decimal points, class and difficult, parted by blanks; mend the line.";
        string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        problem = "";
        // A class of several words ("Small Car") has more fields; a ninth number is no class.
        if (fields.Length < 9 || (fields.Length > 10 && !fields[8].Any(char.IsLetter)))
        {
            problem = $"{fields.Length} fields, {expected} Skipped.";
            return null;
        }
        var numbers = new double[8];
        for (int i = 0; i < 8; i++)
            if (
                !double.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                || !double.IsFinite(numbers[i])
            )
            {
                problem = $"field {i + 1} is '{fields[i]}', {expected} Skipped.";
                return null;
            }
        var quad = new Polygon([(numbers[0], numbers[1]), (numbers[2], numbers[3]), (numbers[4], numbers[5]), (numbers[6], numbers[7])]);
        bool isRated = fields.Length > 9 && fields[^1].All(char.IsAsciiDigit);
        string label = ClassNames.Readable(string.Join(' ', fields[8..(isRated ? ^1 : ^0)]));
        if (label.Length == 0 || quad.Bounds().IsEmpty)
        {
            problem =
                label.Length == 0
                    ? $"no class name, {expected} Skipped."
                    : "the four corners enclose no area; mend or remove the line. Skipped.";
            return null;
        }
        var oriented = OrientedBox.FromQuad(quad.Points);
        if (oriented is null)
            problem = "the sides of the box cross; order the corners around the object. Kept with its horizontal box only.";
        else if (!isRated)
            problem = "no difficult field; taken as 0.";
        return new LabelledBox(quad.Bounds(), label)
        {
            Oriented = oriented,
            Outline = quad,
            Difficult = isRated && fields[^1] != "0",
        };
    }

    [GeneratedRegex("reclabel|hbb|horizontal", RegexOptions.IgnoreCase)]
    private static partial Regex Upright();

    // A class, not a ninth number: eight coordinates behind a class number are YOLO's.
    [GeneratedRegex(@"^(?:imagesource:|gsd:|(?:[-+.\deE]+\s+){8}[^\s\d.,][^\s]*(?:\s+\p{L}[^\s]*)*(?:\s+\d)?$)")]
    private static partial Regex Line();
}
