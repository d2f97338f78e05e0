namespace GeoVlm.Data.Rows;

/// <summary>The names of classes that Hugging Face's <c>datasets</c> writes into the schema of
/// Parquet and Arrow files, where the cells hold their numbers.</summary>
/// <remarks>Source: huggingface.co/docs/datasets/about_dataset_features; the schema's key <c>huggingface</c>.</remarks>
internal sealed class HuggingFaceFeatures
{
    /// <summary>The key in the schema's metadata.</summary>
    public const string Key = "huggingface";

    private const int Deepest = 8;
    private readonly Dictionary<string, Dictionary<string, object?>> columns;

    private HuggingFaceFeatures(Dictionary<string, Dictionary<string, object?>> columns) => this.columns = columns;

    /// <summary>The features of a schema; null where none of them has class names, or they cannot be read.</summary>
    public static HuggingFaceFeatures? Parse(string? json)
    {
        if (json is null || !json.Contains("\"ClassLabel\"", StringComparison.Ordinal))
            return null;
        var rows = new JsonRows(Key, (_, _) => { });
        if (
            rows.ParseText(json) is not Dictionary<string, object?> whole
            || (whole.GetValueOrDefault("info") as Dictionary<string, object?> ?? whole).GetValueOrDefault("features")
                is not Dictionary<string, object?> features
        )
            return null;
        return new HuggingFaceFeatures(
            features
                .Where(f => f.Value is List<object?> or Dictionary<string, object?>)
                .ToDictionary(
                    f => f.Key,
                    f => f.Value as Dictionary<string, object?> ?? new() { ["feature"] = ((List<object?>)f.Value!).FirstOrDefault() }
                )
        );
    }

    /// <summary>A cell with names where the schema has names for its numbers.</summary>
    public object? Named(string column, object? value) => columns.TryGetValue(column, out var feature) ? Named(feature, value, 0) : value;

    private static object? Named(object? feature, object? value, int depth)
    {
        if (value is null || depth > Deepest)
            return value;
        if (feature is List<object?> { Count: > 0 } one)
            return value is List<object?> all ? all.Select(v => Named(one[0], v, depth + 1)).ToList() : value;
        if (feature is not Dictionary<string, object?> described)
            return value;
        if (described.GetValueOrDefault("_type") is "ClassLabel" && described.GetValueOrDefault("names") is List<object?> names)
            return value is long index && index >= 0 && index < names.Count ? names[(int)index] : value;
        if (described.GetValueOrDefault("feature") is { } inner)
            return value switch
            {
                List<object?> list => list.Select(v => Named(inner, v, depth + 1)).ToList(),
                // A sequence of records lies in the file as a record of lists.
                Dictionary<string, object?> record when inner is Dictionary<string, object?> parts => record.ToDictionary(
                    r => r.Key,
                    r =>
                        r.Value is List<object?> list && parts.TryGetValue(r.Key, out object? part)
                            ? list.Select(v => Named(part, v, depth + 1)).ToList()
                            : r.Value
                ),
                _ => value,
            };
        return value is Dictionary<string, object?> fields && !described.ContainsKey("_type")
            ? fields.ToDictionary(f => f.Key, f => Named(described.GetValueOrDefault(f.Key), f.Value, depth + 1))
            : value;
    }
}
