using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Typed access to one object of a JSON file, with errors that name the file and the key.</summary>
internal sealed class JsonConfig
{
    private readonly string path;
    private readonly JsonObject json;

    private JsonConfig(string path, JsonObject json) => (this.path, this.json) = (path, json);

    /// <exception cref="GeoVlmException">The file is missing or is not a JSON object.</exception>
    public static JsonConfig Load(string path)
    {
        if (!File.Exists(path))
            throw new GeoVlmException($"{path}: no such file; expected the folder of a Hugging Face model.");
        try
        {
            return new(
                path,
                JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new GeoVlmException($"{path}: expected a JSON object.")
            );
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{path}: not readable as JSON ({e.Message})", e);
        }
    }

    /// <summary>The object under a key, or null where the key is missing or null.</summary>
    public JsonConfig? Section(string key) => json[key] is JsonObject section ? new(path, section) : null;

    public string? Text(string key) => Value<string>(key, JsonValueKind.String);

    public int Integer(string key) => (int?)Whole(json[key], key) ?? throw Missing(key);

    public int Integer(string key, int otherwise) => Whole(json[key], key) ?? otherwise;

    public double Number(string key, double otherwise) => Value<double?>(key, JsonValueKind.Number) ?? otherwise;

    public bool Flag(string key, bool otherwise) => Value<bool?>(key, JsonValueKind.True, JsonValueKind.False) ?? otherwise;

    public IReadOnlyList<int> Integers(string key) =>
        json[key] is JsonArray items ? [.. items.Select(i => Whole(i, key) ?? throw Missing(key))] : throw Missing(key);

    public IReadOnlyList<double>? Numbers(string key) =>
        json[key] is JsonArray items
            ? [.. items.Select(i => i?.GetValueKind() == JsonValueKind.Number ? i.GetValue<double>() : throw Missing(key))]
            : null;

    /// <summary>One integer or several under a key; none where it is missing.</summary>
    public IReadOnlyList<int> OneOrMore(string key) =>
        json[key] is JsonArray ? Integers(key)
        : Whole(json[key], key) is { } one ? [one]
        : [];

    private int? Whole(JsonNode? node, string key)
    {
        // Generation ends at any of several tokens in some configs; the first is the model's own.
        if (node is JsonArray { Count: > 0 } list)
            node = list[0];
        if (node is null)
            return null;
        if (
            node.GetValueKind() == JsonValueKind.Number
            && node.GetValue<double>() is double d
            && d == Math.Floor(d)
            && Math.Abs(d) <= int.MaxValue
        )
            return (int)d;
        throw new GeoVlmException($"{path}: '{key}' is {node.ToJsonString()}, expected an integer.");
    }

    private T? Value<T>(string key, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (json[key] is not JsonNode node)
            return default;
        if (!kinds.Contains(node.GetValueKind()))
            throw new GeoVlmException($"{path}: '{key}' is {node.ToJsonString()}, expected a {kinds[0].ToString().ToLowerInvariant()}.");
        return node.GetValue<T>();
    }

    private GeoVlmException Missing(string key) => new($"{path}: '{key}' is missing or malformed.");
}
