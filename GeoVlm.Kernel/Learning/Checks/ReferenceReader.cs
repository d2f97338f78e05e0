using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Models.Weights;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>
/// Reads what checks.json refers to: <c>file.safetensors#tensor</c>, <c>…#prefix*</c> (every tensor so named), <c>file.json#/a/b</c> (JSON
/// pointer); <c>{k}</c> and the like are filled in. Anything but such a text stands for itself.
/// </summary>
/// <param name="folder">What paths are relative to.</param>
internal sealed class ReferenceReader(string folder) : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> tensors = [];
    private readonly Dictionary<string, JsonNode> documents = [];

    /// <summary>The full path of a file of the folder.</summary>
    public string Path(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, relative));

    /// <summary>A value: a tensor of a file, or numbers or text of JSON.</summary>
    public CheckValue Value(JsonNode? node, params ReadOnlySpan<(string Key, int Value)> fill)
    {
        if (IsTensor(node, fill, out string file, out string name))
        {
            using Tensor tensor = Tensors(file).Read(name);
            return CheckValue.Of(tensor);
        }
        JsonNode? json = Resolve(node, fill);
        if (json is JsonValue text && text.GetValueKind() == JsonValueKind.String)
            return CheckValue.Of(text.GetValue<string>());
        List<double> numbers = [];
        return new([.. Flatten(json, numbers)], ShapeOf(json));
    }

    /// <summary>A tensor of a file with its type, or JSON numbers as int64 when all are whole and
    /// the first is written so, else float32; in the caller's scope.</summary>
    public Tensor Tensor(JsonNode? node, params ReadOnlySpan<(string Key, int Value)> fill)
    {
        if (IsTensor(node, fill, out string file, out string name))
            return Tensors(file).Read(name);
        JsonNode? json = Resolve(node, fill);
        List<double> numbers = [];
        double[] all = [.. Flatten(json, numbers)];
        long[] shape = ShapeOf(json);
        return all.All(n => n == Math.Floor(n))
            ? tensor(Array.ConvertAll(all, n => (long)n), shape)
            : tensor(Array.ConvertAll(all, n => (float)n), shape);
    }

    /// <summary>Every tensor whose name begins like the reference, by the rest of its name; for a JSON object its members.</summary>
    public IReadOnlyDictionary<string, CheckValue> Values(JsonNode? node)
    {
        if (!IsTensor(node, [], out string file, out string name) || !name.EndsWith('*'))
            return Resolve(node, []) is JsonObject json
                ? json.ToDictionary(p => p.Key, p => Value(p.Value))
                : throw Malformed(node, "expected file.safetensors#prefix*");
        string prefix = name[..^1];
        string[] names =
        [
            .. Tensors(file).Entries.Keys.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
        if (names.Length == 0)
            throw Malformed(node, "no tensor is so named");
        return names.ToDictionary(n => n[prefix.Length..], n => Value(JsonValue.Create($"{file}#{n}")));
    }

    /// <summary>Names of all tensors of a file.</summary>
    public IEnumerable<string> Names(string file) => Tensors(file).Entries.Keys;

    /// <summary>JSON that is given here or elsewhere.</summary>
    public JsonNode? Json(JsonNode? node) => Resolve(node, []);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafetensorsFile file in tensors.Values)
            file.Dispose();
    }

    private static bool IsTensor(JsonNode? node, ReadOnlySpan<(string Key, int Value)> fill, out string file, out string name)
    {
        (file, name) = Split(node, fill);
        return file.EndsWith(".safetensors", StringComparison.Ordinal) && name.Length > 0;
    }

    private static (string File, string Name) Split(JsonNode? node, ReadOnlySpan<(string Key, int Value)> fill)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
            return ("", "");
        string text = value.GetValue<string>();
        foreach ((string key, int number) in fill)
            text = text.Replace($"{{{key}}}", number.ToString(), StringComparison.Ordinal);
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? ("", text) : (text[..hash], text[(hash + 1)..]);
    }

    private JsonNode? Resolve(JsonNode? node, ReadOnlySpan<(string Key, int Value)> fill)
    {
        (string file, string pointer) = Split(node, fill);
        if (!file.EndsWith(".json", StringComparison.Ordinal) || (pointer.Length > 0 && pointer[0] != '/'))
            return node;
        JsonNode? at = Document(file);
        foreach (string escaped in pointer.Split('/').Skip(1))
        {
            string key = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at switch
            {
                JsonObject members when members.ContainsKey(key) => members[key],
                JsonArray items when int.TryParse(key, out int i) && i >= 0 && i < items.Count => items[i],
                _ => throw Malformed(node, $"there is no '{key}'"),
            };
        }
        return at;
    }

    private SafetensorsFile Tensors(string file)
    {
        if (!tensors.TryGetValue(file, out SafetensorsFile? open))
            tensors.Add(file, open = SafetensorsFile.Open(Path(file)));
        return open;
    }

    private JsonNode Document(string file)
    {
        if (documents.TryGetValue(file, out JsonNode? read))
            return read;
        try
        {
            read = JsonNode.Parse(File.ReadAllText(Path(file))) ?? throw new GeoVlmException($"{Path(file)}: expected JSON, found null.");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new GeoVlmException($"{Path(file)}: cannot be read ({e.Message})", e);
        }
        documents.Add(file, read);
        return read;
    }

    private static IEnumerable<double> Flatten(JsonNode? node, List<double> numbers)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (JsonNode? item in items)
                    Flatten(item, numbers);
                break;
            case null:
                numbers.Add(double.NaN);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                numbers.Add(value.GetValue<double>());
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                numbers.Add(value.GetValue<bool>() ? 1 : 0);
                break;
            default:
                throw Malformed(node, "expected numbers");
        }
        return numbers;
    }

    private static long[] ShapeOf(JsonNode? node) =>
        node is JsonArray items ? [items.Count, .. items.Count > 0 ? ShapeOf(items[0]) : []] : [];

    private static GeoVlmException Malformed(JsonNode? node, string why)
    {
        string text = node?.ToJsonString() ?? "null";
        return new($"checks.json: cannot read {(text.Length > 120 ? text[..120] + "…" : text)}: {why}.");
    }
}
