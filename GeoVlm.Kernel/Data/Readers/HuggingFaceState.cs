using System.Text.Json;

namespace GeoVlm.Data.Readers;

/// <summary>What Hugging Face's <c>save_to_disk</c> writes beside its shards:
/// <c>state.json</c> with the split and the names of the shards.</summary>
internal static class HuggingFaceState
{
    /// <summary>The split (null for none) and the shards that are there, in order; nothing where there is no readable state.json.</summary>
    public static (string? Split, IReadOnlyList<string> Shards) Read(string path)
    {
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!,
            state = Path.Combine(folder, "state.json");
        if (!File.Exists(state))
            return (null, []);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(state));
            string? split =
                json.RootElement.TryGetProperty("_split", out var named) && named.ValueKind == JsonValueKind.String
                    ? SplitNames.Usual(named.GetString()!)
                // Sets made of lists have none; EarthDial's folders are called after it (Dubai_CC_ChangeDetection_test).
                : SplitNames.Of(Path.GetFileName(folder)) is { Length: > 0 } called ? called
                : null;
            if (!json.RootElement.TryGetProperty("_data_files", out var files) || files.ValueKind != JsonValueKind.Array)
                return (split, []);
            // Only plain names: a shard lies beside its state.
            return (
                split,
                [
                    .. files
                        .EnumerateArray()
                        .Select(f =>
                            f.ValueKind == JsonValueKind.Object && f.TryGetProperty("filename", out var name) ? name.GetString() : null
                        )
                        .Where(n => n is not null && n == Path.GetFileName(n))
                        .Select(n => Path.Combine(folder, n!))
                        .Where(File.Exists),
                ]
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, []); // the rows do not need it
        }
    }
}
