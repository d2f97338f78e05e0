using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace GeoVlm.Data.Rows;

/// <summary>JSON records as rows; one that cannot be parsed is reported with its line and left out.</summary>
internal sealed partial class JsonRows(string file, Action<string, string> report)
{
    private const int MaxDepth = 64;

    // Records of one file have the same names in the same order, so that each name is made once.
    private readonly List<string> names = [];
    private int expected;

    /// <summary>The rows of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">What people call it.</param>
    /// <param name="report">Takes where, and what is wrong.</param>
    public static IEnumerable<Row> Read(string path, string file, Action<string, string> report)
    {
        var rows = new JsonRows(file, report);
        byte[] bytes = File.ReadAllBytes(path);
        return NestedRows.Recognise(path) ? NestedRows.Read(bytes, rows) : rows.Read(bytes);
    }

    /// <summary>The rows of an array, of lines, or of objects one after the other.</summary>
    public IEnumerable<Row> Read(byte[] bytes)
    {
        foreach (var record in new JsonRecords(bytes, ReportLine).Read())
            if (Parse(record) is { } row)
                yield return row;
    }

    /// <summary>The row of a record; null, reported, where it is no readable object.</summary>
    public Row? Parse(JsonRecords.Record record)
    {
        object? value = ParseValue(record);
        if (value is Dictionary<string, object?> fields)
            return new Row(fields, file, record.Line);
        if (value is not null)
            ReportLine(record.Line, "a record that is no JSON object. Skipped.");
        return null;
    }

    /// <summary>Any value of a record; null, reported, where it cannot be parsed.</summary>
    public object? ParseValue(JsonRecords.Record record)
    {
        if (!Utf8.IsValid(record.Json.Span))
        {
            ReportLine(record.Line, "bytes that are not UTF-8. Save the file as UTF-8 (iconv -f latin1 -t utf8). Skipped.");
            return null;
        }
        try
        {
            var reader = new Utf8JsonReader(
                record.Json.Span,
                new JsonReaderOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip }
            );
            expected = 0;
            return reader.Read() ? Value(ref reader) : null;
        }
        catch (JsonException e)
        {
            int at = record.Line + (int)(e.LineNumber ?? 0);
            ReportLine(at, $"not valid JSON: {Cause().Replace(e.Message, "")} Mend the record. Skipped.");
            return null;
        }
    }

    /// <summary>The value of JSON that stands inside a string; null where it is none.</summary>
    public object? ParseText(string json) => ParseValue(new JsonRecords.Record(Encoding.UTF8.GetBytes(json), 1));

    public void ReportLine(int line, string what) => report($"{file}:{line}", what);

    private object? Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var fields = new Dictionary<string, object?>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = Name(ref reader);
                    reader.Read();
                    fields[name] = Value(ref reader);
                }
                return fields;
            case JsonTokenType.StartArray:
                var list = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list.Add(Value(ref reader));
                return list;
            case JsonTokenType.String:
                return Text(ref reader);
            case JsonTokenType.Number:
                return reader.TryGetInt64(out long whole) ? whole
                    : reader.TryGetDouble(out double number) ? number
                    : null;
            case JsonTokenType.True or JsonTokenType.False:
                return reader.TokenType == JsonTokenType.True;
            default:
                return null;
        }
    }

    private string Name(ref Utf8JsonReader reader)
    {
        for (int i = 0; i < names.Count; i++)
        {
            int candidate = (expected + i) % names.Count;
            if (!reader.ValueTextEquals(names[candidate]))
                continue;
            expected = candidate + 1;
            return names[candidate];
        }
        string name = Text(ref reader);
        if (names.Count < 64)
        {
            names.Add(name);
            expected = names.Count;
        }
        return name;
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The bytes are UTF-8, so what is left is half a surrogate pair, written as an escape.
            string raw = Encoding.UTF8.GetString(reader.ValueSpan);
            return JsonSerializer.Deserialize<string>(
                $"\"{LoneSurrogate().Replace(raw, m => m.Groups["pair"].Success ? m.Value : "\\uFFFD")}\""
            )!;
        }
    }

    [GeneratedRegex(@"(?<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\\\)|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")]
    private static partial Regex LoneSurrogate();

    // "LineNumber: 0 | BytePositionInLine: 7." counts within the record, which would mislead.
    [GeneratedRegex(@" LineNumber: \d+ \| BytePositionInLine: \d+\.")]
    private static partial Regex Cause();
}
