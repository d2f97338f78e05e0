
namespace GeoVlm.Data.Readers;

/// <summary>COCO instances: JSON with <c>images</c>, <c>annotations</c> and usually <c>categories</c> (NWPU VHR-10, labelme exports).</summary>
/// <remarks>
/// <c>bbox</c> is x, y, width, height in pixels, continuous. The path is a JSON file or a folder with JSON files in it or in its
/// <c>annotations/</c>. Without <c>categories</c> classes are called "category 1" and so on. Images are looked for beside the JSON file,
/// in <c>images/</c>, <c>JPEGImages/</c>, <c>positive_image_set/</c> of the root and of its sub-folders, then in every other sub-folder of the root.
/// </remarks>
public sealed class CocoReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "coco";

    /// <inheritdoc/>
    public string Summary => "a JSON file with images, annotations, categories (COCO), or its folder: bbox is x, y, width, height in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        JsonFiles(path).FirstOrDefault(LooksLikeCoco) is { } file ? $"{Path.GetFileName(file)} begins like COCO instances" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        bool isFile = File.Exists(path);
        List<string> files = isFile ? [path] : [.. JsonFiles(path).Where(LooksLikeCoco)];
        if (files.Count == 0)
            throw new GeoVlmException($"{path}: no JSON file with images and annotations here or in annotations/. Name the JSON file itself.");
        var folder = new DatasetFolder(isFile ? RootOf(path) : path, options);
        return folder.Finish(this, files.SelectMany(file => ReadFile(folder, file, alone: files.Count == 1)));
    }

    /// <summary>The folder of the JSON file, or the one above when that is <c>annotations/</c>, since images lie beside it.</summary>
    private static string RootOf(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return string.Equals(Path.GetFileName(folder), "annotations", StringComparison.OrdinalIgnoreCase) ? Path.GetDirectoryName(folder)! : folder;
    }

    private static IEnumerable<string> JsonFiles(string path)
    {
        if (File.Exists(path)) return Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) ? [path] : [];
        if (!Directory.Exists(path)) return [];
        return new[] { path, DatasetFolder.Folder(path, "annotations") }.OfType<string>()
            .SelectMany(f => Directory.EnumerateFiles(f, "*.json").Order(StringComparer.Ordinal));
    }

    private static bool LooksLikeCoco(string file) =>
        FileStart.Read(file) is var start && start.TrimStart().StartsWith('{')
        && (start.Contains("\"images\"", StringComparison.Ordinal) || start.Contains("\"annotations\"", StringComparison.Ordinal)
            || start.Contains("\"categories\"", StringComparison.Ordinal));

    private static IEnumerable<Sample> ReadFile(DatasetFolder folder, string file, bool alone)
    {
        string where = folder.Relative(file);
        CocoFile coco;
        try
        {
            coco = CocoFile.Read(file, (record, what) => folder.Report($"{where}, {record}", what));
        }
        catch (GeoVlmException e) when (!alone)
        {
            folder.Report(where, e.Message + " Skipped.");
            yield break;
        }

        string beside = Path.GetDirectoryName(Path.GetFullPath(file))!;
        string[] names = ["images", "JPEGImages", "positive_image_set"];
        var usual = DatasetFolder.Folders(folder.Root).Prepend(folder.Root).SelectMany(parent => names.Select(n => DatasetFolder.Folder(parent, n))).OfType<string>();
        string[] imageFolders = [.. usual.Prepend(beside).Append(folder.Root).Concat(DatasetFolder.Folders(folder.Root)).Distinct()];
        string split = Path.GetFileNameWithoutExtension(file);
        foreach (var record in coco.Images)
        {
            string imageWhere = $"{where}, image {record.Id}";
            if (folder.Find(record.FileName, imageFolders, imageWhere) is not { } imagePath || folder.OpenImage(imagePath) is not { } image) continue;
            if (record.Width > 0 && (record.Width, record.Height) != (image.Width, image.Height))
                folder.Report(imageWhere, $"says {record.Width} x {record.Height}, {record.FileName} is {image.Width} x {image.Height}; "
                    + "the image's size is used.");
            var facts = new Dictionary<string, string> { ["file"] = folder.Relative(imagePath), ["annotations"] = where };
            // Two JSON files (splits) may name images alike; the record's id tells them apart within one.
            string id = (alone ? "" : split + "/") + $"{Path.ChangeExtension(record.FileName, null)}#{record.Id}";
            foreach (var sample in DetectionSamples.Of(folder, imageWhere, id, image, coco.ObjectsOf(record.Id), facts)) yield return sample;
        }
    }
}
