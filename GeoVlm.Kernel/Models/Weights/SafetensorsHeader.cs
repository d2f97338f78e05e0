using System.Text.Json;

namespace GeoVlm.Models.Weights;

/// <summary>The parsed and checked header of a safetensors file.</summary>
internal sealed record SafetensorsHeader(
    IReadOnlyDictionary<string, SafetensorsEntry> Entries,
    IReadOnlyDictionary<string, string> Metadata
)
{
    /// <summary>Parses the header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">Bytes that follow the header.</param>
    /// <exception cref="GeoVlmException">Anything is not as the format wants it.</exception>
    public static SafetensorsHeader Parse(string path, byte[] json, long dataLength)
    {
        Dictionary<string, SafetensorsEntry> entries = [];
        Dictionary<string, string> metadata = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                    foreach (JsonProperty item in property.Value.EnumerateObject())
                        metadata.Add(item.Name, Text(item.Value));
                else
                    entries.Add(property.Name, Entry(path, property));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new GeoVlmException($"{path}: its header is not the JSON of a safetensors file ({e.Message}); download it again.", e);
        }
        CheckCoverage(path, entries.Values, dataLength);
        return new(entries, metadata);
    }

    private static SafetensorsEntry Entry(string path, JsonProperty property)
    {
        string type = Text(property.Value.GetProperty("dtype"));
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64())];
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
            throw new GeoVlmException(
                $"{path}: tensor '{property.Name}' has the data offsets [{string.Join(", ", offsets)}], expected [begin, end]."
            );
        int elementBytes = SafetensorsTypes.Bytes(type);
        if (elementBytes == 0)
            throw new GeoVlmException($"{path}: tensor '{property.Name}' has the unknown element type '{type}'.");
        if (Array.Exists(shape, d => d < 0))
            throw new GeoVlmException(
                $"{path}: tensor '{property.Name}' has the shape [{string.Join(", ", shape)}], with a negative dimension."
            );
        Int128 expected = elementBytes;
        foreach (long dimension in shape)
            if ((expected *= dimension) > long.MaxValue)
                throw new GeoVlmException($"{path}: tensor '{property.Name}' has the impossible shape [{string.Join(", ", shape)}].");
        if (offsets[1] - offsets[0] != expected)
            throw new GeoVlmException(
                $"{path}: tensor '{property.Name}' occupies {offsets[1] - offsets[0]} bytes, expected {expected} for {type} [{string.Join(", ", shape)}]."
            );
        return new(property.Name, type, shape, offsets[0], offsets[1]);
    }

    private static void CheckCoverage(string path, IEnumerable<SafetensorsEntry> entries, long dataLength)
    {
        long covered = 0;
        foreach (SafetensorsEntry entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != covered)
                throw new GeoVlmException(
                    $"{path}: tensor '{entry.Name}' begins at byte {entry.Begin}, expected {covered}: tensors overlap or leave a gap."
                );
            covered = entry.End;
        }
        if (covered != dataLength)
            throw new GeoVlmException(
                $"{path}: its tensors need {covered} bytes, found {dataLength}; the file is {(covered > dataLength ? "truncated" : "too long")}, download it again."
            );
    }

    private static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String
            ? element.GetString()!
            : throw new FormatException($"found {element.ValueKind}, expected a string");
}
