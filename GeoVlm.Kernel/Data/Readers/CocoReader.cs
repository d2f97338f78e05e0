using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace GeoVlm.Data.Readers;

/// <summary>COCO instances: JSON with <c>images</c>, <c>annotations</c> and usually
/// <c>categories</c> (NWPU VHR-10, SODA, labelme exports), and lists of results.</summary>
/// <remarks>
/// <c>bbox</c> is x, y, width, height in pixels, continuous; SODA's <c>poly</c> is an outline; where there is only a segmentation, its
/// outline or its run lengths give the box. The path is a JSON file or a folder with JSON files in it, in its sub-folders or in
/// <c>annotations/</c>. Without <c>categories</c> classes are called "category 1" and so on. Images are looked for by their path below the
/// root.
/// </remarks>
public sealed partial class CocoReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "coco";

    /// <inheritdoc/>
    public string Summary =>
        "a JSON file with images, annotations, categories (COCO), or its folder: bbox is x, y, width, height in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        JsonFiles(path).FirstOrDefault(LooksLikeCoco) is { } file ? $"{Path.GetFileName(file)} begins like COCO instances" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        List<string> files = File.Exists(path) ? [path] : [.. JsonFiles(path).Where(LooksLikeCoco)];
        if (files.Count == 0)
            throw new GeoVlmException(
                $"{path}: no JSON file with images and annotations here or in annotations/. Name the JSON file itself."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        files = Distinct(folder, files);
        return folder.Finish(
            this,
            files.SelectMany(file =>
                DetectionSamples.Settle(folder, images, folder.Relative(file), OfFile(folder, images, file, alone: files.Count == 1))
            )
        );
    }

    /// <summary>The files without those that are copies of an earlier one, which are reported.</summary>
    private static List<string> Distinct(DatasetFolder folder, List<string> files)
    {
        var kept = new List<string>();
        var seen = new Dictionary<(string, string), string>();
        // Only files of one size can be copies, so that most are never hashed.
        var sizes = files.ToLookup(f => new FileInfo(f).Length);
        foreach (string file in files)
        {
            bool mayBeCopy = sizes[new FileInfo(file).Length].Count() > 1;
            string hash = mayBeCopy ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))) : file;
            // Small files of two splits may well be equal, each with its own images beside it.
            string split = SplitNames.OfNumbered(folder.Relative(file));
            if (seen.TryAdd((split, hash), file))
                kept.Add(file);
            else
                folder.Report(
                    folder.Relative(file),
                    $"the same bytes as {folder.Relative(seen[(split, hash)])}; read once. Remove one of them."
                );
        }
        return kept;
    }

    private static IEnumerable<string> JsonFiles(string path)
    {
        if (File.Exists(path))
            return Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) ? [path] : [];
        if (!Directory.Exists(path))
            return [];
        // SODA keeps one file an image in a folder of its split; iSAID each split's Annotations/ beside its images/.
        var below = DatasetFolder.Folders(path);
        return below
            .Prepend(path)
            .Concat(below.Where(IsAnnotations).SelectMany(DatasetFolder.Folders))
            .Concat(below.Where(f => SplitNames.Of(Path.GetFileName(f)).Length > 0).SelectMany(DatasetFolder.Folders).Where(IsAnnotations))
            .Distinct()
            .SelectMany(f => DatasetFolder.Files(f, ".json"));
    }

    private static bool IsAnnotations(string folder) => Annotations().IsMatch(Path.GetFileName(folder));

    private static bool LooksLikeCoco(string file) =>
        FileStart.Read(file).TrimStart('\uFEFF').TrimStart() is { Length: > 0 } start
        && (start[0] == '{' ? Instances().IsMatch(start) && !CocoCaptions.Is(file) : IsResults(start));

    private static bool IsResults(string start) =>
        start[0] == '['
        && start.Contains("\"image_id\"", StringComparison.Ordinal)
        && start.Contains("\"category_id\"", StringComparison.Ordinal)
        && (start.Contains("\"bbox\"", StringComparison.Ordinal) || start.Contains("\"segmentation\"", StringComparison.Ordinal));

    private static IEnumerable<AnnotatedImage> OfFile(DatasetFolder folder, RowImages images, string file, bool alone)
    {
        string where = folder.Relative(file);
        CocoFile coco;
        try
        {
            coco = CocoFile.Read(file, (record, what, kind) => folder.Report($"{where}, {record}", what, kind));
        }
        catch (GeoVlmException e) when (!alone)
        {
            folder.Report(where, e.Message + " Skipped.");
            yield break;
        }
        string stem = where[..where.LastIndexOf('.')];
        foreach (var record in coco.Images)
        {
            string imageWhere = $"{where}, image {record.Id}";
            // A list of results has no names.
            string name = record.FileName.Trim().Replace('\\', '/');
            var image = name.Length == 0 || images.IsRefused(name) ? null : images.OpenFor(where, name);
            if (images.SkipUnreadable(image))
                continue;
            if (image is not null && record.Width > 0 && (record.Width, record.Height) != (image.Width, image.Height))
                folder.Report(
                    imageWhere,
                    $"says {record.Width} x {record.Height}, {name} is {image.Width} x {image.Height}; the image's size is used."
                );
            // Two JSON files (splits) may name images alike; the record's id tells them apart within one.
            string id = (alone ? "" : stem + "/") + $"{Path.ChangeExtension(name, null)}#{record.Id}";
            yield return new AnnotatedImage(
                imageWhere,
                id,
                coco.ObjectsOf(record.Id),
                new Dictionary<string, string> { ["file"] = image is null ? name : images.PathOf(image), ["annotations"] = where }
            )
            {
                Image = image,
                Missing = image is null ? (record.FileName.Length > 0 ? record.FileName : $"image {record.Id}") : null,
                Size = (record.Width, record.Height),
                IsEmpty = coco.IsEmpty(record.Id),
                Split = SplitNames.OfNumbered(where),
            };
        }
    }

    [GeneratedRegex("annot|label", RegexOptions.IgnoreCase)]
    private static partial Regex Annotations();

    // Other files have a list of images too; COCO's say file_name.
    [GeneratedRegex(@"""(annotations|categories)""\s*:\s*[\[{]|""images""\s*:\s*[\[{][^\[\]]*""file_name""")]
    private static partial Regex Instances();
}
