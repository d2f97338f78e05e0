using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>Images without annotations: one file, or a folder that holds nothing else.</summary>
/// <remarks>Each is asked to be described, with an empty reference, so that it can be shown, measured and put to a model; there is nothing
/// to train on.</remarks>
public sealed class ImageReader : IDatasetReader
{
    // What programs leave beside images.
    private static readonly string[] companions = [".xml", ".tfw", ".pgw", ".jgw", ".wld", ".prj", ".ovr", ".md", ".db"];

    /// <inheritdoc/>
    public string Name => "images";

    /// <inheritdoc/>
    public string Summary => "an image file, or a folder of nothing but images: no annotations, only to look at and to ask";

    /// <inheritdoc/>
    public string? Recognise(string path)
    {
        if (File.Exists(path))
            return DatasetFolder.IsImage(path) ? "an image file" : null;
        if (!Directory.Exists(path) || DatasetFolder.Folders(path).Count > 0)
            return null;
        string[] files = [.. DatasetFolder.All(path).Where(f => !Path.GetFileName(f).StartsWith('.'))];
        int images = files.Count(DatasetFolder.IsImage);
        return images > 0 && files.All(f => DatasetFolder.IsImage(f) || companions.Contains(Path.GetExtension(f).ToLowerInvariant()))
            ? $"{images:N0} images and nothing else"
            : null;
    }

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        bool isFile = File.Exists(path);
        var folder = new DatasetFolder(isFile ? Path.GetDirectoryName(Path.GetFullPath(path))! : path, options);
        IReadOnlyList<string> files = isFile ? [Path.GetFullPath(path)] : DatasetFolder.Images(path);
        if (files.Count == 0)
            throw new GeoVlmException($"{path}: holds no image; name a folder of PNG, JPEG or TIFF files");
        var dataset = folder.Finish(this, files.Select(Of).OfType<Sample>());
        // A single file that cannot be opened is a source that cannot be read.
        if (isFile && dataset.Problems is [var problem, ..])
            throw new GeoVlmException(problem.What);
        return dataset;

        Sample? Of(string file) =>
            folder.OpenImage(file) is { } image
                ? new Sample(folder.Relative(file), EoTask.ImageCaption, [image], Questions.DescribeScene, new TextAnswer(""))
                {
                    Attributes = new Dictionary<string, string> { ["file"] = folder.Relative(file) },
                }
                : null;
    }
}
