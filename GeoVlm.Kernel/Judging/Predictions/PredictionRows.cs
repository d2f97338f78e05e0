using System.IO.Compression;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Rows;

namespace GeoVlm.Judging.Predictions;

/// <summary>Reads rows: JSON with one object a line, one JSON document that holds them, or a table (CSV, Parquet, Arrow); gzip by the
/// name's ending.</summary>
internal static class PredictionRows
{
    /// <summary>Longest line that is read, in characters.</summary>
    public const int MaximumLine = 4_000_000;

    /// <summary>Longest document that is read where it is not one object a line, in characters.</summary>
    private const int MaximumDocument = 1_000_000_000;

    private const string Expected = "Name the file of predictions: JSON Lines (one object a line), a JSON document, CSV or Parquet.";
    private static readonly string[] Tables = [".csv", ".csv.gz", ".tsv", ".parquet", ".arrow", ".feather"];

    /// <summary>Reads a file; bad rows become problems with their line.</summary>
    /// <exception cref="GeoVlmException">The file cannot be read.</exception>
    /// <param name="path">The file.</param>
    /// <param name="problems">Takes what is wrong with rows.</param>
    /// <param name="silentWhereNothing">Whether the format has no row for a picture in which nothing was found.</param>
    public static List<PredictionRow> Read(string path, List<DatasetProblem> problems, out bool silentWhereNothing)
    {
        silentWhereNothing = false;
        if (Directory.Exists(path))
            throw new GeoVlmException($"{path} is a folder. {Expected}");
        if (!File.Exists(path))
            throw new GeoVlmException($"{path} does not exist. {Expected}");
        if (Tables.Any(t => path.EndsWith(t, StringComparison.OrdinalIgnoreCase)))
            return Table(path, problems);
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            using var reader = new StreamReader(stream);
            while (reader.Peek() is ' ' or '\t' or '\r' or '\n')
                reader.Read();
            string name = Path.GetFileName(path);
            if (reader.Peek() == '[')
                return Document(reader.ReadToEnd(), name, problems, out silentWhereNothing);
            // One object over several lines, or alone in the file, may hold the rows.
            string first = reader.ReadLine() ?? "";
            bool isAlone = Parse(first, out _) is null ? reader.Peek() < 0 : first.Trim() is "{" or ['{', .., ',' or '{' or '['];
            if (!isAlone)
                return Lines(first, reader, name, problems);
            string rest = reader.ReadToEnd();
            return rest.Length < MaximumDocument && Parse($"{first}\n{rest}", out var whole) is null
                ? JsonDocumentRows.Of(whole) is { } rows
                    ? Numbered(rows, name, problems)
                    : [PredictionRow.Of(1, whole)]
                : Lines(first, new StringReader(rest), name, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new GeoVlmException($"{path} could not be read: {e.Message}", e);
        }
    }

    private static List<PredictionRow> Lines(string first, TextReader reader, string name, List<DatasetProblem> problems)
    {
        var rows = new List<PredictionRow>();
        int number = 0;
        for (string? line = first; line is not null; line = reader.ReadLine())
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            string where = $"{name}, line {number}";
            if (line.Length > MaximumLine)
                problems.Add(new(where, $"{line.Length:N0} characters, more than {MaximumLine:N0}; skipped"));
            else if (Parse(line, out var value) is { } fault)
                problems.Add(new(where, $"{fault}; skipped"));
            else if (value.ValueKind != JsonValueKind.Object)
                problems.Add(
                    new(where, $"found a JSON {value.ValueKind}, expected an object like {{\"id\": 1, \"prediction\": \"…\"}}; skipped")
                );
            else
                rows.Add(PredictionRow.Of(number, value));
        }
        return rows;
    }

    private static List<PredictionRow> Document(string text, string name, List<DatasetProblem> problems, out bool isCoco)
    {
        if (Parse(text, out var value) is { } fault)
            throw new GeoVlmException($"{name} begins like a JSON array, but {fault}.");
        isCoco = CocoRows.IsResults(value);
        return Numbered(JsonDocumentRows.Of(value)!, name, problems);
    }

    private static List<PredictionRow> Numbered(
        IEnumerable<(JsonElement Row, string? Id)> items,
        string name,
        List<DatasetProblem> problems
    )
    {
        var rows = new List<PredictionRow>();
        foreach (var (index, (item, id)) in items.Index())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new($"{name}, item {index + 1}", $"found a JSON {item.ValueKind}, expected an object; skipped"));
                continue;
            }
            var row = PredictionRow.Of(index + 1, item);
            rows.Add(id is null || row.Id is not null ? row : row.With("id", JsonSerializer.SerializeToElement(id)));
        }
        return rows;
    }

    /// <summary>Rows of a table; bytes in cells, such as pictures, are left out.</summary>
    private static List<PredictionRow> Table(string path, List<DatasetProblem> problems) =>
        [
            .. RowFile
                .Read(path, Path.GetFileName(path), (where, what) => problems.Add(new(where, $"{what.TrimEnd('.')}; skipped")))
                .Select(r =>
                    PredictionRow.Of(
                        r.Number,
                        JsonSerializer.SerializeToElement(
                            r.Fields.Where(f => f.Value is not (byte[] or RowBytes)).ToDictionary(f => f.Key, f => f.Value)
                        )
                    )
                ),
        ];

    private static string? Parse(string text, out JsonElement value)
    {
        value = default;
        try
        {
            using var document = JsonDocument.Parse(text);
            value = document.RootElement.Clone();
            return null;
        }
        catch (JsonException e)
        {
            return $"it is no JSON: {e.Message.Split(" LineNumber")[0].TrimEnd('.')}";
        }
    }
}
