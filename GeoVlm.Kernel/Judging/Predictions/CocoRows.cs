using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Judging.Predictions;

/// <summary>COCO's two files as rows, one for each image: results (<c>image_id, category_id, bbox, score</c>) and instances (<c>images,
/// annotations, categories</c>).</summary>
/// <remarks>COCO writes a box as left, top, width and height. Results name classes by number, which is then the label on both sides: an
/// instances file gives its numbers too. Sizes are those of boxes, not of outlines. A crowd counts for nothing.</remarks>
internal static class CocoRows
{
    /// <summary>Whether a list holds COCO results.</summary>
    public static bool IsResults(JsonElement list) =>
        list.GetArrayLength() > 0
        && list.EnumerateArray()
            .All(r =>
                r.ValueKind == JsonValueKind.Object
                && r.TryGetProperty("image_id", out _)
                && r.TryGetProperty("category_id", out _)
                && r.TryGetProperty("bbox", out _)
            );

    /// <summary>Whether an object is a COCO instances file.</summary>
    public static bool IsInstances(JsonElement root) =>
        root.TryGetProperty("images", out var images)
        && images.ValueKind == JsonValueKind.Array
        && root.TryGetProperty("annotations", out var annotations)
        && annotations.ValueKind == JsonValueKind.Array
        && images.EnumerateArray().All(i => i.ValueKind == JsonValueKind.Object && i.TryGetProperty("id", out _));

    /// <summary>One row for each image of a results file, its boxes as the prediction.</summary>
    public static IEnumerable<(JsonElement Row, string? Id)> Results(JsonElement list) =>
        list.EnumerateArray()
            .GroupBy(r => Key(r, "image_id"))
            .Select(g => (JsonSerializer.SerializeToElement(new JsonObject { ["boxes"] = Boxes(g) }), (string?)g.Key));

    /// <summary>One row for each image of an instances file, also those without objects, its boxes as the reference; of a captions file for
    /// each image that has sentences, which are its references.</summary>
    public static IEnumerable<(JsonElement Row, string? Id)> Instances(JsonElement root)
    {
        var sentences = root.GetProperty("annotations")
            .EnumerateArray()
            .Where(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("image_id", out _) && a.TryGetProperty("caption", out _))
            .ToLookup(a => Key(a, "image_id"), a => PredictionRow.Flat(a.GetProperty("caption")));
        if (sentences.Count > 0)
        {
            foreach (var image in sentences)
                yield return (JsonSerializer.SerializeToElement(new { references = image.ToArray() }), image.Key);
            yield break;
        }
        var objects = root.GetProperty("annotations")
            .EnumerateArray()
            .Where(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("image_id", out _) && a.TryGetProperty("bbox", out _))
            .ToLookup(a => Key(a, "image_id"));
        foreach (var image in root.GetProperty("images").EnumerateArray())
        {
            string id = Key(image, "id");
            var row = new JsonObject { ["reference_boxes"] = Boxes(objects[id]) };
            foreach (string side in (string[])["width", "height"])
                if (image.TryGetProperty(side, out var size) && size.ValueKind == JsonValueKind.Number)
                    row[side] = size.GetDouble();
            yield return (JsonSerializer.SerializeToElement(row), id);
        }
    }

    private static string Key(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? PredictionRow.Flat(value) : "";

    private static JsonArray Boxes(IEnumerable<JsonElement> items)
    {
        var boxes = new JsonArray();
        foreach (var item in items)
        {
            if (Corners(item.GetProperty("bbox")) is not { } corners)
                continue;
            var box = new JsonObject { ["bbox"] = corners, ["label"] = Key(item, "category_id") };
            if (item.TryGetProperty("score", out var score) && score.ValueKind == JsonValueKind.Number)
                box["score"] = score.GetDouble();
            if (item.TryGetProperty("iscrowd", out var crowd) && crowd.ValueKind == JsonValueKind.Number)
                box["iscrowd"] = crowd.GetDouble();
            boxes.Add(box);
        }
        return boxes;
    }

    private static JsonArray? Corners(JsonElement box)
    {
        if (box.ValueKind != JsonValueKind.Array || box.GetArrayLength() != 4)
            return null;
        double[] n = [.. box.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Number ? v.GetDouble() : double.NaN)];
        return n.All(double.IsFinite) ? [n[0], n[1], n[0] + n[2], n[1] + n[3]] : null;
    }
}
