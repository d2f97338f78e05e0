using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>WebDataset: each image with files of the same name that speak of it, as its shards unpack.</summary>
/// <remarks>
/// <c>.json</c> is a record that names no image itself (caption, label, question and answer, conversations), <c>.txt</c> or <c>.caption</c>
/// a caption, <c>.cls</c> the number or name of a class. What belongs to one image has one name up to the first dot. A shard is a
/// <c>.tar</c>; name one, or a folder of unpacked ones.
/// </remarks>
public sealed class WebDatasetReader : IDatasetReader
{
    private const int Peeked = 8;

    private static readonly string[] captions = [".txt", ".caption"];

    /// <inheritdoc/>
    public string Name => "webdataset";

    /// <inheritdoc/>
    public string Summary =>
        "images with .json, .txt or .cls of the same name beside each (WebDataset shards): records, captions or classes";

    /// <inheritdoc/>
    public string? Recognise(string path)
    {
        if (!Directory.Exists(path))
            return null;
        string[] images = [.. Places(path).SelectMany(DatasetFolder.Images).Take(Peeked)];
        return
            images.Length > 0
            && images.All(i =>
                Record(path, i, (_, _) => { }) is { } row && RowColumns.KindOf(row) is not (RowKind.Unknown or RowKind.Boxes)
            )
            ? $"{Path.GetFileName(images[0])} and what is said of it have one name"
            : null;
    }

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var dataset = new RowDataset(path, options);
        return dataset.Read(this, Rows(), ".");

        IEnumerable<Row> Rows()
        {
            foreach (string image in Places(path).SelectMany(DatasetFolder.Images))
                if (Record(path, image, dataset.Report) is { } row)
                    yield return row;
                else
                    dataset.Report(Path.GetRelativePath(path, image), "no .json, .txt or .cls of its name beside it. Skipped.");
        }
    }

    private static IEnumerable<string> Places(string path) => DatasetFolder.Folders(path).Prepend(path);

    /// <summary>What is said of an image; null where nothing is.</summary>
    private static Row? Record(string root, string image, Action<string, string> report)
    {
        string folder = Path.GetDirectoryName(image)!,
            stem = Path.GetFileName(image).Split('.')[0];
        string file = Path.GetRelativePath(root, image).Replace('\\', '/');
        if (Beside(".json") is { } json)
        {
            var record = new JsonRows(Path.GetRelativePath(root, json), report).Read(File.ReadAllBytes(json)).FirstOrDefault();
            // A record that names its image is of another layout, which has a reader of its own.
            return record is null || RowColumns.Image.Any(c => record.Text(c) is { } name && DatasetFolder.IsImage(name))
                ? null
                : record.With("image", file);
        }
        if (Beside(".cls") is { } cls && FileStart.Read(cls).Trim() is { Length: > 0 } label)
            return Of("label", label.All(char.IsAsciiDigit) ? $"class {label}" : label);
        return
            captions.Select(Beside).OfType<string>().FirstOrDefault() is { } text && FileStart.Read(text).Trim() is { Length: > 0 } caption
            ? Of("caption", caption)
            : null;

        string? Beside(string ending) => Path.Combine(folder, stem + ending) is var path && File.Exists(path) ? path : null;

        Row Of(string column, string value) => new(new Dictionary<string, object?> { ["image"] = file, [column] = value }, file, 1);
    }
}
