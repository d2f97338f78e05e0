using System.IO.Compression;
using System.Text.Json;
using GeoVlm.Data;

namespace GeoVlm.Judging.Predictions;

/// <summary>Reads rows of JSON: one object a line, or one array of objects; gzip by the name's ending.</summary>
internal static class PredictionRows
{
    /// <summary>Longest line that is read, in characters.</summary>
    public const int MaximumLine = 4_000_000;

    /// <summary>Reads a file; bad rows become problems with their line.</summary>
    /// <exception cref="GeoVlmException">The file cannot be read.</exception>
    public static List<PredictionRow> Read(string path, List<DatasetProblem> problems)
    {
        if (Directory.Exists(path))
            throw new GeoVlmException($"{path} is a folder. Name the file of predictions: JSON Lines (one object a line) or a JSON array.");
        if (!File.Exists(path))
            throw new GeoVlmException(
                $"{path} does not exist. Name the file of predictions: JSON Lines (one object a line) or a JSON array."
            );
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            using var reader = new StreamReader(stream);
            while (reader.Peek() is ' ' or '\t' or '\r' or '\n')
                reader.Read();
            return reader.Peek() == '[' ? Array(reader, Path.GetFileName(path), problems) : Lines(reader, Path.GetFileName(path), problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new GeoVlmException($"{path} could not be read: {e.Message}", e);
        }
    }

    private static List<PredictionRow> Lines(TextReader reader, string name, List<DatasetProblem> problems)
    {
        var rows = new List<PredictionRow>();
        int number = 0;
        while (reader.ReadLine() is { } line)
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

    private static List<PredictionRow> Array(TextReader reader, string name, List<DatasetProblem> problems)
    {
        if (Parse(reader.ReadToEnd(), out var value) is { } fault)
            throw new GeoVlmException($"{name} begins like a JSON array, but {fault}.");
        var rows = new List<PredictionRow>();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (item.ValueKind == JsonValueKind.Object)
                rows.Add(PredictionRow.Of(index + 1, item));
            else
                problems.Add(new($"{name}, item {index + 1}", $"found a JSON {item.ValueKind}, expected an object; skipped"));
        }
        return rows;
    }

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
