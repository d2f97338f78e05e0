namespace GeoVlm.Data.Readers;

/// <summary>Tables: what their rows are is told by their columns, the same way for every format.</summary>
/// <remarks>
/// Question and answer, conversations; an image with xmin, ymin, xmax, ymax (pixels); with captions; with labels or columns of 0 and 1;
/// with one label. Images are files below the root or bytes in cells (Hugging Face: a record of bytes and path; several dates in jpg_A to
/// jpg_D).
/// </remarks>
/// <param name="name">What <c>--reader</c> calls it.</param>
/// <param name="summary">One line for help.</param>
/// <param name="isTable">Whether a file, by its name, is of this format.</param>
public abstract class TableReader(string name, string summary, Func<string, bool> isTable) : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Summary => summary;

    /// <inheritdoc/>
    public string? Recognise(string path)
    {
        if (
            RowFiles.Recognise(path, isTable, RowKind.Instruction, RowKind.Boxes, RowKind.Captions, RowKind.Labels, RowKind.Scene)
            is var (file, kind)
        )
            return $"{Path.GetFileName(file)} holds rows with {Words(kind)}";
        return File.Exists(path) && isTable(path) ? $"{Path.GetFileName(path)} ends like a table" : null;
    }

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var (split, shards) = HuggingFaceState.Read(path);
        if (File.Exists(path))
            return new RowDataset(path, options).Read(this, path, [path], split);
        var files = shards.Where(isTable).ToList();
        var dataset = new RowDataset(path, options);
        return dataset.Read(this, path, files.Count > 0 ? files : WithoutExcluded(dataset, RowFiles.Of(path, isTable)), split);
    }

    // BigEarthNet v2 publishes the patches that it excludes in a table of their own, beside metadata.parquet.
    private static IReadOnlyList<string> WithoutExcluded(RowDataset dataset, IReadOnlyList<string> files)
    {
        var excluded = files.Where(f => Path.GetFileNameWithoutExtension(f) == "metadata_for_patches_with_snow_cloud_or_shadow").ToList();
        if (excluded.Count == 0 || excluded.Count == files.Count)
            return files;
        dataset.Note($"{Path.GetFileName(excluded[0])} holds the patches that the source excludes and was left out; name it to read it");
        return [.. files.Except(excluded)];
    }

    private static string Words(RowKind kind) =>
        kind switch
        {
            RowKind.Instruction => "questions and answers",
            RowKind.Boxes => "boxes",
            RowKind.Captions => "captions",
            RowKind.Labels => "labels",
            _ => "a class",
        };
}

/// <summary>CSV and TSV tables, plain or gzipped, with images beside them (EverWatch,
/// ReforesTree, SkyScript, SeasoNet, one-hot labels).</summary>
public sealed class CsvReader()
    : TableReader("csv", "CSV table with image names: xmin ymin xmax ymax, captions, labels or questions", RowFiles.IsCsv);

/// <summary>Parquet tables, images in cells or beside them.</summary>
public sealed class ParquetReader()
    : TableReader(
        "parquet",
        "Parquet table with images in cells or image names: questions, captions, labels or boxes",
        file => RowFiles.EndsWith(file, ".parquet")
    );

/// <summary>Arrow tables, stream or file, and folders of Hugging Face's <c>save_to_disk</c>.</summary>
public sealed class ArrowReader()
    : TableReader(
        "arrow",
        "Arrow table (Hugging Face save_to_disk) with images in cells: questions, captions, labels or boxes",
        file => RowFiles.EndsWith(file, ".arrow", ".feather")
    );

/// <summary>JSON and JSONL tables that are no conversations, captions or COCO: boxes, labels or a class to a record.</summary>
public sealed class JsonReader()
    : TableReader("json", "JSON or JSONL records with image names: xmin ymin xmax ymax, captions, labels or questions", RowFiles.IsJson);
