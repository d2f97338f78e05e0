using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>DOTA: one text file of four-cornered boxes for each image.</summary>
/// <remarks>
/// <c>images/</c> and <c>labelTxt/</c> side by side, or in split folders (<c>train/images/</c> ...). Lines hold eight numbers (pixels,
/// continuous, the object's head first), class, and difficult (0 or 1; 0 when absent, with a note). Two header lines, <c>imagesource:</c> and
/// <c>gsd:</c> (metres), may be absent; an empty file is an image without objects. The box is the bounding box of the four corners,
/// <see cref="LabelledBox.Oriented"/> the rectangle of smallest area around them. Source: Xia et al., DOTA, CVPR 2018.
/// </remarks>
public sealed class DotaReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "dota";

    /// <inheritdoc/>
    public string Summary => "images/ and labelTxt/ (DOTA): x1 y1 x2 y2 x3 y3 x4 y4 class difficult, in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        DatasetFolder.Parts(path, HasLayout) is [var part, ..] ? $"{Path.GetFileName(LabelFolder(part))}/ beside images" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var parts = DatasetFolder.Parts(path, HasLayout);
        if (parts.Count == 0)
            throw new GeoVlmException($"{path}: no labelTxt/ folder here or in its sub-folders. "
                + "DOTA has images/ and labelTxt/ side by side; name the folder that holds both.");
        var folder = new DatasetFolder(path, options);
        return folder.Finish(this, parts.SelectMany(part => ReadPart(folder, part)));
    }

    private static bool HasLayout(string folder) => LabelFolder(folder) is not null;

    private static string? LabelFolder(string folder) =>
        DatasetFolder.Folders(folder).FirstOrDefault(f => Path.GetFileName(f).StartsWith("labelTxt", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<Sample> ReadPart(DatasetFolder folder, string part)
    {
        string labels = LabelFolder(part)!, images = DatasetFolder.Folder(part, "images") ?? part;
        var byStem = DatasetFolder.Images(images).GroupBy(p => Path.GetFileNameWithoutExtension(p)).ToDictionary(g => g.Key, g => g.First());
        foreach (string file in Directory.EnumerateFiles(labels, "*.txt").Order(StringComparer.Ordinal))
        {
            string stem = Path.GetFileNameWithoutExtension(file), where = folder.Relative(file);
            if (!byStem.Remove(stem, out string? imagePath))
            {
                folder.Report(where, $"no image {stem}.png (or .jpg, .tif) in {folder.Relative(images)}/. Put it there, or remove the label file. Skipped.");
                continue;
            }
            if (folder.OpenImage(imagePath) is not { } image || folder.ReadText(file) is not { } text) continue;
            var facts = new Dictionary<string, string> { ["file"] = folder.Relative(imagePath) };
            var objects = ReadObjects(folder, where, text, facts);
            if (facts.TryGetValue("gsd", out string? gsd) && double.TryParse(gsd, NumberStyles.Float, CultureInfo.InvariantCulture, out double metres)
                && double.IsFinite(metres) && metres > 0)
                image = image with { GroundSampleDistanceMetres = metres };
            foreach (var sample in DetectionSamples.Of(folder, where, folder.Relative(Path.Combine(part, stem)), image, objects, facts)) yield return sample;
        }
        if (byStem.Count > 0)
            folder.Report(folder.Relative(images), $"{byStem.Count} images have no file in {folder.Relative(labels)}/, "
                + $"the first is {byStem.Keys.Order().First()}. Left out.");
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
            if (line.Length == 0) continue;
            if (line.Split(':', 2) is [("imagesource" or "gsd") and var key, var value])
            {
                facts[key] = value.Trim();
                continue;
            }
            if (ReadObject(line, out string problem) is { } item) objects.Add(item);
            if (problem.Length > 0) folder.Report($"{where}:{number}", problem);
        }
        return objects;
    }

    private static LabelledBox? ReadObject(string line, out string problem)
    {
        const string expected = "expected 8 numbers with decimal points, class and difficult, parted by blanks; mend the line.";
        string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        problem = "";
        if (fields.Length is not (9 or 10))
        {
            problem = $"{fields.Length} fields, {expected} Skipped.";
            return null;
        }
        var numbers = new double[8];
        for (int i = 0; i < 8; i++)
            if (!double.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                problem = $"field {i + 1} is '{fields[i]}', {expected} Skipped.";
                return null;
            }
        var quad = new Polygon([(numbers[0], numbers[1]), (numbers[2], numbers[3]), (numbers[4], numbers[5]), (numbers[6], numbers[7])]);
        string label = ClassNames.Readable(fields[8]);
        if (label.Length == 0 || quad.Bounds().IsEmpty)
        {
            problem = label.Length == 0 ? $"no class name, {expected} Skipped." : "the four corners enclose no area; mend or remove the line. Skipped.";
            return null;
        }
        var oriented = OrientedBox.FromQuad(quad.Points);
        if (oriented is null) problem = "the sides of the box cross; order the corners around the object. Kept with its horizontal box only.";
        else if (fields.Length == 9) problem = "no difficult field; taken as 0.";
        return new LabelledBox(quad.Bounds(), label) { Oriented = oriented, Outline = quad, Difficult = fields is [.., var last] && fields.Length == 10 && last != "0" };
    }
}
