using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>Pascal VOC: one XML file with xmin, ymin, xmax, ymax for each image (DIOR, labelme exports and many others).</summary>
/// <remarks>
/// XML files in <c>Annotations/</c>, images in <c>JPEGImages/</c>, <c>Images/</c> or beside. Rule for coordinates: they are taken as
/// continuous pixel edges just as written, which is how DIOR's tools and labelme use them. Only where <c>source/database</c> names PASCAL's
/// own VOC are they 1-based and inclusive, so xmin and ymin are lowered by one. DTDs are refused.
/// </remarks>
public sealed class VocReader : IDatasetReader
{
    private const int MaxCharacters = 16 * 1024 * 1024;

    /// <inheritdoc/>
    public string Name => "voc";

    /// <inheritdoc/>
    public string Summary => "Annotations/*.xml and images (Pascal VOC, DIOR): xmin ymin xmax ymax, in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        DatasetFolder.Parts(path, HasLayout) is [var part, ..] ? $"{Path.GetFileName(XmlFolder(part))}/ with <annotation> XML files" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var parts = DatasetFolder.Parts(path, HasLayout);
        if (parts.Count == 0)
            throw new GeoVlmException($"{path}: no Annotations/ folder with VOC XML files here or in its sub-folders. "
                + "Name the folder that holds Annotations/ and the images.");
        var folder = new DatasetFolder(path, options);
        return folder.Finish(this, parts.SelectMany(part => ReadPart(folder, part)));
    }

    private static bool HasLayout(string folder) => XmlFolder(folder) is not null;

    /// <summary>Annotations/ inside the folder, or the folder itself, whichever holds XML files whose beginning says annotation.</summary>
    private static string? XmlFolder(string folder)
    {
        foreach (string? candidate in new[] { DatasetFolder.Folder(folder, "Annotations"), folder })
            if (candidate is not null && Directory.EnumerateFiles(candidate, "*.xml").FirstOrDefault() is { } first
                && FileStart.Read(first).Contains("<annotation", StringComparison.OrdinalIgnoreCase)) return candidate;
        return null;
    }

    private static IEnumerable<Sample> ReadPart(DatasetFolder folder, string part)
    {
        string xmlFolder = XmlFolder(part)!;
        string[] imageFolders = [.. new[] { "JPEGImages", "Images" }.Select(n => DatasetFolder.Folder(part, n)).OfType<string>(), part, xmlFolder];
        foreach (string file in Directory.EnumerateFiles(xmlFolder, "*.xml").Order(StringComparer.Ordinal))
        {
            string where = folder.Relative(file);
            if (ReadXml(folder, file) is not { } annotation || FindImage(folder, file, annotation, imageFolders) is not { } imagePath
                || folder.OpenImage(imagePath) is not { } image) continue;
            var size = annotation.Element("size");
            int width = (int)(Number(size?.Element("width")) ?? 0), height = (int)(Number(size?.Element("height")) ?? 0);
            if ((width, height) != (image.Width, image.Height))
                folder.Report(where, $"size says {width} x {height}, the image is {image.Width} x {image.Height}; the image's size is used.");
            var facts = new Dictionary<string, string> { ["file"] = folder.Relative(imagePath) };
            var objects = ReadObjects(folder, where, annotation);
            string id = folder.Relative(Path.Combine(part, Path.GetFileNameWithoutExtension(file)));
            foreach (var sample in DetectionSamples.Of(folder, where, id, image, objects, facts)) yield return sample;
        }
    }

    private static XElement? ReadXml(DatasetFolder folder, string file)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxCharacters };
        try
        {
            using var stream = File.OpenRead(file);
            using var reader = XmlReader.Create(stream, settings);
            return XDocument.Load(reader).Root;
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            folder.Report(folder.Relative(file), $"not a readable XML file: {e.Message} Mend or remove it. Skipped.");
            return null;
        }
    }

    /// <summary>The image that <c>filename</c> names, else the image called like the XML file.</summary>
    private static string? FindImage(DatasetFolder folder, string file, XElement annotation, IReadOnlyList<string> imageFolders)
    {
        string stem = Path.GetFileNameWithoutExtension(file), named = annotation.Element("filename")?.Value.Trim() ?? "";
        if (DatasetFolder.IsImage(named)) return folder.Find(named, imageFolders, folder.Relative(file));
        var found = imageFolders.SelectMany(DatasetFolder.Images).FirstOrDefault(p => Path.GetFileNameWithoutExtension(p) == stem);
        if (found is null)
            folder.Report(folder.Relative(file), $"filename '{named}' names no image, and there is no image called {stem}. Mend filename. Skipped.");
        return found;
    }

    private static List<LabelledBox> ReadObjects(DatasetFolder folder, string where, XElement annotation)
    {
        bool oneBased = annotation.Element("source")?.Element("database")?.Value.Contains("VOC", StringComparison.Ordinal) == true;
        var objects = new List<LabelledBox>();
        int number = 0;
        foreach (var item in annotation.Elements("object"))
        {
            string record = $"{where}, object {++number}", label = ClassNames.Readable(item.Element("name")?.Value ?? "");
            var corners = item.Element("bndbox");
            if (label.Length == 0) folder.Report(record, "no <name>; give the object a class. Skipped.");
            else if (corners is null) folder.Report(record, $"{label} has no <bndbox>; draw its box. Skipped.");
            else if (Number(corners.Element("xmin")) is not { } x1 || Number(corners.Element("ymin")) is not { } y1
                || Number(corners.Element("xmax")) is not { } x2 || Number(corners.Element("ymax")) is not { } y2)
                folder.Report(record, $"{label}: <bndbox> needs four finite numbers xmin, ymin, xmax, ymax with decimal points. Skipped.");
            else
            {
                double shift = oneBased ? 1 : 0;
                var box = new Box(x1 - shift, y1 - shift, x2, y2);
                if (box.IsEmpty)
                    folder.Report(record, string.Create(CultureInfo.InvariantCulture,
                        $"{label}: box from ({x1}, {y1}) to ({x2}, {y2}) encloses no area; xmin must be less than xmax and ymin less than ymax. Skipped."));
                else objects.Add(new LabelledBox(box, label) { Difficult = item.Element("difficult")?.Value.Trim() == "1" });
            }
        }
        return objects;
    }

    private static double? Number(XElement? element) =>
        element is not null && double.TryParse(element.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value : null;
}
