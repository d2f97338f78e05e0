using System.Text.Json;

namespace GeoVlm.Tests.Workbench.Serving;

/// <summary>Checks values against the schemas of a description: of JSON Schema what ours uses, and a fault for anything else.</summary>
internal sealed class OpenApiSchema(JsonElement description)
{
    /// <summary>The schema of a route's JSON body.</summary>
    public JsonElement Request(string method, string path) => Content(Route(method, path).GetProperty("requestBody"));

    /// <summary>The schema of what a route answers with a status.</summary>
    public JsonElement Response(string method, string path, int status) =>
        Content(Resolve(Route(method, path).GetProperty("responses").GetProperty($"{status}")));

    /// <summary>What a value breaks; properties must be described unless <paramref name="open"/>.</summary>
    public IEnumerable<string> Faults(JsonElement schema, JsonElement value, bool open, string at = "$")
    {
        schema = Resolve(schema);
        foreach (var rule in schema.EnumerateObject())
            Assert.Contains(
                rule.Name,
                (string[])
                    ["type", "description", "required", "properties", "additionalProperties", "items", "minItems", "maxItems", "minimum"]
            );
        string[] types = schema.TryGetProperty("type", out var type)
            ? type.ValueKind == JsonValueKind.Array
                ? [.. type.EnumerateArray().Select(t => t.GetString()!)]
                : [type.GetString()!]
            : [];
        if (types.Length > 0 && !types.Any(t => Is(t, value)))
            return [$"{at} is a JSON {value.ValueKind}, expected {string.Join(" or ", types)}"];
        return value.ValueKind switch
        {
            JsonValueKind.Array => Items(schema, value, open, at),
            JsonValueKind.Object => Properties(schema, value, open, at),
            JsonValueKind.Number when schema.TryGetProperty("minimum", out var least) && value.GetDouble() < least.GetDouble() =>
            [
                $"{at} is below {least}",
            ],
            _ => [],
        };
    }

    private IEnumerable<string> Items(JsonElement schema, JsonElement value, bool open, string at)
    {
        if (schema.TryGetProperty("minItems", out var least) && value.GetArrayLength() < least.GetInt32())
            yield return $"{at} has too few items";
        if (schema.TryGetProperty("maxItems", out var most) && value.GetArrayLength() > most.GetInt32())
            yield return $"{at} has too many items";
        if (schema.TryGetProperty("items", out var items))
            foreach (var (i, item) in value.EnumerateArray().Index())
            foreach (string fault in Faults(items, item, open, $"{at}[{i}]"))
                yield return fault;
    }

    private IEnumerable<string> Properties(JsonElement schema, JsonElement value, bool open, string at)
    {
        if (schema.TryGetProperty("required", out var required))
            foreach (var name in required.EnumerateArray().Where(n => !value.TryGetProperty(n.GetString()!, out _)))
                yield return $"{at} has no {name}";
        foreach (var property in value.EnumerateObject())
        {
            bool described = schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property.Name, out _);
            JsonElement? rule =
                described ? properties.GetProperty(property.Name)
                : schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object ? others
                : null;
            if (rule is null && !open)
                yield return $"{at}.{property.Name} is not described";
            foreach (string fault in rule is { } of ? Faults(of, property.Value, open, $"{at}.{property.Name}") : [])
                yield return fault;
        }
    }

    private static bool Is(string type, JsonElement value) =>
        type switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "array" => value.ValueKind == JsonValueKind.Array,
            "object" => value.ValueKind == JsonValueKind.Object,
            "null" => value.ValueKind == JsonValueKind.Null,
            _ => throw new InvalidOperationException($"'{type}' is no type of JSON Schema"),
        };

    private JsonElement Route(string method, string path) => description.GetProperty("paths").GetProperty(path).GetProperty(method);

    private static JsonElement Content(JsonElement of) => of.GetProperty("content").EnumerateObject().Single().Value.GetProperty("schema");

    private JsonElement Resolve(JsonElement schema)
    {
        if (!schema.TryGetProperty("$ref", out var reference))
            return schema;
        var found = description;
        foreach (string part in reference.GetString()!.Split('/').Skip(1))
            found = found.GetProperty(part);
        return found;
    }
}
