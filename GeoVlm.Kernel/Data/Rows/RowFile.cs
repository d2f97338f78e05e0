namespace GeoVlm.Data.Rows;

/// <summary>A file of rows, whatever its format; the content decides, then the name.</summary>
internal static class RowFile
{
    /// <summary>Endings of the files that hold rows, lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
    [".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".csv.gz", ".parquet", ".arrow", ".feather"];

    /// <summary>True where the name ends like a file of rows.</summary>
    public static bool HasExtension(string path) => Extensions.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>The rows of a file, read as they are asked for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">What people call it.</param>
    /// <param name="report">Takes where, and what is wrong with a row that is left out.</param>
    /// <exception cref="GeoVlmException">The file as a whole cannot be read.</exception>
    public static IEnumerable<Row> Read(string path, string file, Action<string, string> report) =>
        IsEmpty(path) ? throw new GeoVlmException($"{path}: the file is empty. Fetch it again.")
        : ParquetRows.Recognise(path) || path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)
            ? ParquetRows.Read(path, file, report)
        : ArrowRows.Recognise(path) || path.EndsWith(".arrow", StringComparison.OrdinalIgnoreCase) ? ArrowRows.Read(path, file, report)
        : LooksLikeJson(path) ? JsonRows.Read(path, file, report)
        : CsvRows.Read(path, file, report);

    /// <summary>The first row, without problems; null where there is none or the file cannot be read. Used to recognise a file.</summary>
    public static Row? First(string path)
    {
        try
        {
            // Whole JSON files are not read only to be recognised: their first part holds the first record of all but odd files.
            if (!IsEmpty(path) && LooksLikeJson(path))
                return FirstOfJson(path);
            return Read(path, path, (_, _) => { }).FirstOrDefault();
        }
        catch (Exception e) when (e is GeoVlmException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null; // reading it reports the reason
        }
    }

    private static Row? FirstOfJson(string path)
    {
        const int part = 256 * 1024;
        using var stream = File.OpenRead(path);
        var start = new byte[(int)Math.Min(part, stream.Length)];
        stream.ReadExactly(start);
        var rows = new JsonRows(path, (_, _) => { });
        // A record that is cut by the end of the part is never given.
        return (NestedRows.Recognise(path) ? NestedRows.Read(start, rows) : rows.Read(start)).FirstOrDefault();
    }

    private static bool IsEmpty(string path) => new FileInfo(path).Length == 0;

    private static bool LooksLikeJson(string path)
    {
        string start = Readers.FileStart.Read(path).TrimStart('\uFEFF').TrimStart();
        return start.Length > 0 && start[0] is '{' or '[' || path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);
    }
}
