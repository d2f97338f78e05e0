using System.Text;
using System.Text.Json;

namespace GeoVlm.Data.Readers;

/// <summary>One COCO JSON file: its images, and the labelled boxes of each.</summary>
internal sealed class CocoFile
{
    private readonly Dictionary<string, List<LabelledBox>> objects = [];
    private readonly HashSet<string> annotated = [];
    private bool hasStray;
    private readonly Dictionary<string, List<(string Id, LabelledBox Shape)>> identified = [];

    /// <summary>Takes what is wrong with a record.</summary>
    public delegate void Report(string record, string what, ProblemKind kind = ProblemKind.Other);

    private CocoFile(IReadOnlyList<ImageRecord> images) => Images = images;

    public IReadOnlyList<ImageRecord> Images { get; }

    public IReadOnlyList<LabelledBox> ObjectsOf(string imageId) => objects.GetValueOrDefault(imageId) ?? [];

    /// <summary>True where there are annotations, none of them is of this image, and none has lost its own.</summary>
    public bool IsEmpty(string imageId) => annotated.Count > 0 && !hasStray && !annotated.Contains(imageId);

    /// <summary>The objects of an image that have an id, with it; a mask of run lengths gives the box where there is one.</summary>
    public IReadOnlyList<(string Id, LabelledBox Shape)> IdentifiedOf(string imageId) => identified.GetValueOrDefault(imageId) ?? [];

    /// <summary>Reads the file; broken records are reported (record, what), a broken file throws.</summary>
    public static CocoFile Read(string path, Report report)
    {
        using var document = Parse(path);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array)
            return OfResults(root, report);
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("images", out var images)
            || !root.TryGetProperty("annotations", out var annotations)
            || images.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)
            || annotations.ValueKind != JsonValueKind.Array
        )
            throw new GeoVlmException(
                $"{path}: expected an object with the lists images and annotations, or a list of results. Name the instances file of the dataset."
            );
        var file = new CocoFile(ReadImages(images, report));
        file.AddObjects(annotations, ReadCategories(root, report), report);
        if (annotations.GetArrayLength() == 0)
            report(
                "annotations",
                "the list is empty, as in files for a test server: what is in the images is not known. They are left out."
            );
        return file;
    }

    /// <summary>A list of results {image_id, category_id, bbox or segmentation, score}: the images are known by their ids alone.</summary>
    private static CocoFile OfResults(JsonElement results, Report report)
    {
        var ids = results
            .EnumerateArray()
            .Select(r => Id(r, "image_id"))
            .OfType<string>()
            .Distinct()
            .Select(id => new ImageRecord(id, "", 0, 0));
        var file = new CocoFile([.. ids]);
        file.AddObjects(results, null, report);
        return file;
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
                bytes = Encoding.UTF8.GetBytes(File.ReadAllText(path)); // UTF-16
            int start = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
            BlankNonFinite(bytes.AsSpan(start));
            return JsonDocument.Parse(bytes.AsMemory(start));
        }
        catch (JsonException e)
        {
            throw new GeoVlmException(
                $"{path}: not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {e.Message} "
                    + "Mend it there, or fetch the file again if it is cut short.",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{path}: cannot be read: {e.Message} Check the permissions.", e);
        }
    }

    /// <summary>
    /// Python writes NaN and Infinity, which JSON does not have. They become empty strings of the same length, so that the one record
    /// that holds them is reported and positions stay true.
    /// </summary>
    private static void BlankNonFinite(Span<byte> json)
    {
        bool inText = false;
        for (int i = 0; i < json.Length; i++)
        {
            byte b = json[i];
            if (inText)
            {
                if (b == '\\')
                    i++;
                else if (b == '"')
                    inText = false;
                continue;
            }
            if (b == '"')
                inText = true;
            if (b is not ((byte)'N' or (byte)'I' or (byte)'-'))
                continue;
            var rest = json[i..];
            int length =
                rest.StartsWith("NaN"u8) ? 3
                : rest.StartsWith("Infinity"u8) ? 8
                : rest.StartsWith("-Infinity"u8) ? 9
                : 0;
            if (length == 0)
                continue;
            rest[..length].Fill((byte)' ');
            rest[0] = rest[1] = (byte)'"';
            i += length - 1;
        }
    }

    private static List<ImageRecord> ReadImages(JsonElement images, Report report)
    {
        var records = new List<ImageRecord>();
        int number = 0;
        // SODA has one image a file, not a list of them.
        foreach (var item in images.ValueKind == JsonValueKind.Object ? [images] : images.EnumerateArray().ToArray())
        {
            string record = $"images[{number++}]";
            if (Id(item, "id") is not { } id)
                report(record, "has no id; give it the number that annotations call image_id. Skipped.");
            else if (Text(item, "file_name") is not { } name)
                report(record, "has no file_name; name its image file. Skipped.");
            else
                records.Add(new ImageRecord(id, name, Size(item, "width"), Size(item, "height")));
        }
        // Annotations cannot be told apart when two images share an id.
        var twice = records.GroupBy(r => r.Id).Where(g => g.Count() > 1).ToDictionary(g => g.Key, g => g.Count());
        foreach (var (id, count) in twice)
            report($"image {id}", $"{count} images have this id; give each its own. All of them are left out.");
        return [.. records.Where(r => !twice.ContainsKey(r.Id))];
    }

    /// <summary>Names by category id; null where the file has no category list.</summary>
    private static Dictionary<string, string>? ReadCategories(JsonElement root, Report report)
    {
        if (
            !root.TryGetProperty("categories", out var categories)
            || categories.ValueKind != JsonValueKind.Array
            || categories.GetArrayLength() == 0
        )
        {
            report("categories", "missing; classes are called 'category 1' and so on. Add the list of {id, name} to ask for them by name.");
            return null;
        }
        var names = new Dictionary<string, string>();
        foreach (var item in categories.EnumerateArray())
            if (Id(item, "id") is { } id && Text(item, "name") is { } name && ClassNames.Readable(name) is { Length: > 0 } words)
                names[id] = words;
        return names;
    }

    private void AddObjects(JsonElement annotations, Dictionary<string, string>? categories, Report report)
    {
        var images = Images.Select(i => i.Id).ToHashSet();
        var seen = new HashSet<string>();
        int number = 0;
        foreach (var item in annotations.EnumerateArray())
        {
            string record = $"annotations[{number++}]";
            if (Id(item, "id") is { } id)
            {
                record += $" (id {id})";
                if (!seen.Add(id))
                    report(record, "another annotation has this id; both are kept. Give each its own.");
            }
            if (Id(item, "image_id") is not { } imageId || !images.Contains(imageId))
            {
                hasStray = true;
                report(
                    record,
                    $"image_id {Id(item, "image_id") ?? "(none)"} is not among the usable images; mend it or remove the annotation. Skipped."
                );
                continue;
            }
            annotated.Add(imageId);
            if (CocoShape.Read(item, out string problem) is not { } shape)
            {
                report(record, problem + " Skipped.", ProblemKind.BoxUnusable);
                continue;
            }
            string category = Id(item, "category_id") ?? "";
            string label = $"category {category}".TrimEnd();
            if (categories is not null && !categories.TryGetValue(category, out label!))
            {
                label = $"category {category}".TrimEnd();
                report(record, $"category_id {category} is not in categories; the object is called '{label}'. Add it to the list.");
            }
            if (!objects.TryGetValue(imageId, out var list))
                objects[imageId] = list = [];
            list.Add(shape with { Label = label });
            if (Id(item, "id") is { } known)
            {
                if (!identified.TryGetValue(imageId, out var named))
                    identified[imageId] = named = [];
                named.Add((known, (CocoShape.OfMask(item) ?? shape) with { Label = label }));
            }
        }
    }

    /// <summary>An id, number or text, as text.</summary>
    private static string? Id(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.String => TextOf(value),
                _ => null,
            }
            : null;

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? TextOf(value)
            : null;

    /// <summary>The text of a string; null when it holds half a surrogate pair, which is no text.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static int Size(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : 0;

    internal sealed record ImageRecord(string Id, string FileName, int Width, int Height);
}
