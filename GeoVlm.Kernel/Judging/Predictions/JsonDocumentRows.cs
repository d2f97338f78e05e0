using System.Text.Json;

namespace GeoVlm.Judging.Predictions;

/// <summary>The rows of one JSON document: an array of objects, an object that holds one, an object for each id, or COCO's files.</summary>
internal static class JsonDocumentRows
{
    private static readonly string[] Lists =
    [
        "predictions",
        "results",
        "data",
        "rows",
        "samples",
        "items",
        "references",
        "annotations",
        "outputs",
        "images",
    ];

    /// <summary>The objects that stand for rows, with the id that their place gives them, where it does; null where the document is one row
    /// itself.</summary>
    /// <param name="root">The document.</param>
    public static IEnumerable<(JsonElement Row, string? Id)>? Of(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
            return CocoRows.IsResults(root) ? CocoRows.Results(root) : root.EnumerateArray().Select(r => (r, (string?)null));
        if (root.ValueKind != JsonValueKind.Object)
            return null;
        if (CocoRows.IsInstances(root))
            return CocoRows.Instances(root);
        foreach (string name in Lists)
            if (root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array && HoldsObjects(list))
                return Of(list);
        var properties = root.EnumerateObject().ToList();
        // {"image-1": {…}, "image-2": {…}}
        return properties.Count > 0 && properties.All(p => p.Value.ValueKind == JsonValueKind.Object)
            ? properties.Select(p => (p.Value, (string?)p.Name))
            : null;
    }

    private static bool HoldsObjects(JsonElement list) =>
        list.GetArrayLength() > 0 && list.EnumerateArray().All(i => i.ValueKind == JsonValueKind.Object);
}
