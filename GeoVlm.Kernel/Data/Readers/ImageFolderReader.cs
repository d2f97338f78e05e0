using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Hugging Face's imagefolder: <c>metadata.csv</c> or <c>metadata.jsonl</c> beside the images of each split.</summary>
/// <remarks>
/// <c>file_name</c> is a path from the folder of its metadata; other columns say what the rows are, as in every table (text, label,
/// objects, question and answer). CSV of one split and JSONL of another are one dataset; the split is the folder's.
/// </remarks>
public sealed class ImageFolderReader : IDatasetReader
{
    private const int Deepest = 3;

    private static readonly string[] Names = ["metadata.csv", "metadata.jsonl"],
        Columns = ["file_name", "file_names", "image_file_name", "image_file_names"];

    /// <inheritdoc/>
    public string Name => "imagefolder";

    /// <inheritdoc/>
    public string Summary => "metadata.csv or metadata.jsonl with file_name beside the images (Hugging Face imagefolder)";

    /// <inheritdoc/>
    public string? Recognise(string path) => Files(path) is [var file, ..] ? $"{Path.GetFileName(file)} names images beside it" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options) => new RowDataset(path, options).Read(this, path, Files(path));

    private static List<string> Files(string path)
    {
        var found = new List<string>();
        if (Directory.Exists(path))
            Look(path, 0);
        return found;

        void Look(string folder, int depth)
        {
            found.AddRange(
                DatasetFolder
                    .All(folder)
                    .Where(f => Names.Contains(Path.GetFileName(f).ToLowerInvariant()))
                    .Where(f =>
                        RowFile.First(f) is { } row && Columns.Any(row.Fields.ContainsKey) && RowColumns.KindOf(row) != RowKind.Unknown
                    )
                    .Order(StringComparer.Ordinal)
            );
            if (depth < Deepest)
                foreach (string below in DatasetFolder.Folders(folder).Take(100))
                    Look(below, depth + 1);
        }
    }
}
