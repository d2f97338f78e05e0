using System.Xml.Linq;

namespace GeoVlm.Data.Readers;

/// <summary>XML detection: Pascal VOC and its kin (DIOR, DIOR-R, FAIR1M, HRSC2016, labelme exports), one XML file for each image.</summary>
/// <remarks>
/// XML files in <c>Annotations/</c>, <c>labelXml/</c> or any folder below, or one file; images anywhere below the root. Boxes are xmin,
/// ymin, xmax, ymax, or the corners of DIOR-R and FAIR1M. Rule for coordinates: they are taken as continuous pixel edges just as written,
/// which is how DIOR's tools and labelme use them. Only where <c>source/database</c> names PASCAL's own VOC are they 1-based and inclusive,
/// so xmin and ymin are lowered by one. The class is <c>name</c>, in FAIR1M <c>possibleresult/name</c>, in the Larch Casebearer set
/// <c>damage</c>. DTDs are refused.
/// </remarks>
public sealed class VocReader : IDatasetReader
{
    private const int Deepest = 3;

    /// <inheritdoc/>
    public string Name => "voc";

    /// <inheritdoc/>
    public string Summary =>
        "Annotations/*.xml and images (Pascal VOC, DIOR, DIOR-R, FAIR1M, HRSC): xmin ymin xmax ymax or corners, in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        XmlFolders(path) is [var folder, ..] ? $"{Path.GetFileName(folder)}/ holds <annotation> XML files"
        : IsAnnotation(path) ? $"{Path.GetFileName(path)} is an <annotation> XML file"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var folders = XmlFolders(path);
        if (folders.Count == 0 && !File.Exists(path))
            throw new GeoVlmException(
                $"{path}: no Annotations/ folder with VOC XML files here or in its sub-folders. "
                    + "Name the folder that holds Annotations/ and the images."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        if (folders.Count == 0)
            return folder.Finish(
                this,
                DetectionSamples.Settle(folder, images, Path.GetFileName(path), OfFiles(folder, images, [path], SplitLists.None))
            );
        var lists = SplitLists.Read(folder);
        foreach (string twin in folders.Where(f => Upright(folders, f) is not null).ToList())
        {
            folder.Report(
                folder.Relative(twin),
                $"speaks of the same images as {folder.Relative(Upright(folders, twin)!)}, which is read. To read its oriented boxes, name this folder. Left out."
            );
            folders.Remove(twin);
        }
        return folder.Finish(
            this,
            folders.SelectMany(f =>
                DetectionSamples.Settle(
                    folder,
                    images,
                    folder.Relative(f),
                    OfFiles(
                        folder,
                        images,
                        DatasetFolder.Files(f, ".xml"),
                        lists,
                        folders.Count(o => Path.GetDirectoryName(o) == Path.GetDirectoryName(f)) > 1
                    )
                )
            )
        );
    }

    /// <summary>Folders with XML files that are annotations; a folder whose first file is
    /// cut or odd still counts by another of its first.</summary>
    private static List<string> XmlFolders(string path)
    {
        var found = new List<string>();
        if (Directory.Exists(path))
            Look(path, 0);
        return found;

        void Look(string folder, int depth)
        {
            if (DatasetFolder.Files(folder, ".xml").Take(4).Any(IsAnnotation))
                found.Add(folder);
            if (depth < Deepest)
                foreach (string below in DatasetFolder.Folders(folder).Take(200))
                    Look(below, depth + 1);
        }
    }

    /// <summary>DIOR has two folders of boxes beside each other, of the same images: of an
    /// oriented one the horizontal, null for any other.</summary>
    private static string? Upright(List<string> folders, string folder) =>
        Path.GetFileName(folder).Contains("oriented", StringComparison.OrdinalIgnoreCase)
            ? folders.FirstOrDefault(o =>
                Path.GetDirectoryName(o) == Path.GetDirectoryName(folder)
                && Path.GetFileName(o).Contains("horizontal", StringComparison.OrdinalIgnoreCase)
            )
            : null;

    private static bool IsAnnotation(string file) =>
        file.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
        && File.Exists(file)
        && FileStart.Read(file) is var start
        && (start.Contains("<annotation", StringComparison.OrdinalIgnoreCase) || start.Contains("<HRSC_Image", StringComparison.Ordinal));

    private static IEnumerable<AnnotatedImage> OfFiles(
        DatasetFolder folder,
        RowImages images,
        IEnumerable<string> files,
        SplitLists lists,
        bool withFolder = false
    )
    {
        foreach (string file in files)
        {
            string where = folder.Relative(file),
                stem = Path.GetFileNameWithoutExtension(file),
                part = Path.GetDirectoryName(where) ?? "";
            if (XmlAnnotation.Load(folder, file) is not { } annotation)
                continue;
            string named =
                (
                    annotation.Element("filename")
                    ?? annotation.Element("source")?.Element("filename")
                    ?? annotation.Element("Img_FileName")
                )?.Value.Trim() ?? "";
            // Some files name themselves, or a file without ending; then the image is the one called as the XML file.
            string name = DatasetFolder.IsImage(named) ? named : stem + ".jpg";
            var image = images.IsRefused(name) ? null : images.OpenFor(where, name) ?? images.OfLabels(where);
            if (images.SkipUnreadable(image))
                continue;
            var size = annotation.Element("size");
            int width = (int)(XmlAnnotation.Number(size?.Element("width") ?? annotation.Element("Img_SizeWidth")) ?? 0);
            int height = (int)(XmlAnnotation.Number(size?.Element("height") ?? annotation.Element("Img_SizeHeight")) ?? 0);
            if (
                image is not null
                && (size ?? annotation.Element("Img_SizeWidth")) is not null
                && (width, height) != (image.Width, image.Height)
            )
                folder.Report(
                    where,
                    $"size says {width} x {height}, the image is {image.Width} x {image.Height}; the image's size is used."
                );
            // Folders beside each other may have files of the same name.
            string outer =
                withFolder ? part + "/"
                : Path.GetDirectoryName(part) is { Length: > 0 } above ? above + "/"
                : "";
            int known = folder.Problems.Count;
            var objects = ReadObjects(folder, where, annotation);
            yield return new AnnotatedImage(
                where,
                outer + stem,
                objects,
                new Dictionary<string, string> { ["file"] = image is null ? name : images.PathOf(image) }
            )
            {
                Image = image,
                Missing = image is null ? name : null,
                Size = (width, height),
                IsEmpty = objects.Count == 0 && folder.Problems.Count == known,
                Split = lists.SplitOf(stem) is { Length: > 0 } listed ? listed : SplitNames.Of(part),
            };
        }
    }

    private static List<LabelledBox> ReadObjects(DatasetFolder folder, string where, XElement annotation)
    {
        bool oneBased = annotation.Element("source")?.Element("database")?.Value.Contains("VOC", StringComparison.Ordinal) == true;
        var objects = new List<LabelledBox>();
        int number = 0;
        foreach (var item in annotation.Descendants().Where(e => e.Name.LocalName is "object" or "HRSC_Object"))
        {
            string record = $"{where}, object {++number}";
            string label = ClassNames.Readable(
                (item.Element("name") ?? item.Element("possibleresult")?.Element("name") ?? item.Element("damage"))?.Value
                    // HRSC2016 numbers kinds of ships.
                    ?? (item.Name.LocalName == "HRSC_Object" ? "ship" : "")
            );
            if (XmlAnnotation.Shape(item, label.Length > 0 ? label : "object", oneBased ? 1 : 0, out string problem) is not { } shape)
            {
                folder.Report(record, problem, ProblemKind.BoxUnusable);
                continue;
            }
            if (label.Length == 0)
                folder.Report(record, "no <name>; the object is kept and called 'object'. Give it a class.");
            objects.Add(shape with { Difficult = item.Element("difficult")?.Value.Trim() == "1" });
        }
        return objects;
    }
}
