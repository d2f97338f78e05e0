using System.Text;
using System.Text.Json;

namespace GeoVlm.Data.Rows;

/// <summary>JSON files whose records lie one level down: <c>{"images": [{…}, …]}</c> (Karpathy),
/// <c>{"airport": [{…}]}</c> (NWPU), <c>{"0": {…}}</c> (FloodNet).</summary>
internal static class NestedRows
{
    /// <summary>The column that holds the name of the property a row came from.</summary>
    public const string Key = "(key)";

    // Lists of objects that are part of one record, not lists of records.
    private static readonly string[] Inner =
    [
        "conversations",
        "conversation",
        "messages",
        "prompt",
        "objects",
        "qa_pairs",
        "shapes",
        "features",
        "labels",
        "sentences",
        "bounding_boxes",
        "polygons",
    ];

    /// <summary>True where the file's beginning is an object whose first list or record holds records.</summary>
    public static bool Recognise(string path)
    {
        string start = Readers.FileStart.Read(path).TrimStart('\uFEFF');
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(start), isFinalBlock: false, default);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (!reader.Read())
                    return false;
                if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
                    continue;
                if (Inner.Contains(name))
                    return false;
                bool isRecord = reader.TokenType == JsonTokenType.StartObject;
                // "info": {…} comes before the list; {"0": {"Image_ID": …}} is a record itself.
                if (isRecord && name is "info" or "meta" or "metadata" or "coordinates" or "licenses")
                {
                    if (!reader.TrySkip())
                        return false;
                    continue;
                }
                if (!reader.Read())
                    return false;
                return isRecord
                    ? reader.TokenType == JsonTokenType.PropertyName && name.Length > 0 && char.IsAsciiDigit(name[0])
                    : reader.TokenType == JsonTokenType.StartObject;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // reading it reports the reason
        }
        return false;
    }

    /// <summary>The records of every list and record of the object.</summary>
    /// <param name="bytes">The file, or its beginning.</param>
    /// <param name="rows">Parses and reports.</param>
    /// <param name="only">Takes the name of a property; lists and records it refuses are left unread.</param>
    public static IEnumerable<Row> Read(byte[] bytes, JsonRows rows, Func<string, bool>? only = null)
    {
        foreach (var (name, value) in new JsonRecords(bytes, rows.ReportLine).Properties())
        {
            if (value.Json.IsEmpty || only?.Invoke(name) == false)
                continue;
            var records = value.Json.Span[0] switch
            {
                (byte)'[' => JsonRecords.Elements(value, rows.ReportLine),
                (byte)'{' => [value],
                _ => [],
            };
            foreach (var record in records)
                if (record.Json.Length > 0 && record.Json.Span[0] == '{' && rows.Parse(record) is { } row)
                    yield return row.With(Key, name);
        }
    }
}
