using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Captions as COCO writes them: a list of images with their file names,
/// and a list of sentences with an <c>image_id</c>.</summary>
internal static class CocoCaptions
{
    /// <summary>True for a JSON file of this kind, by its name and its beginning.</summary>
    public static bool Is(string file) =>
        RowFiles.EndsWith(file, ".json")
        && FileStart.Read(file) is var start
        && start.TrimStart('\uFEFF', ' ', '\r', '\n', '\t').StartsWith('{')
        && (Path.GetFileName(file).Contains("caption", StringComparison.OrdinalIgnoreCase) || Holds(start, "caption", "text_output"))
        && Holds(start, "file_name", "image_id", "text_output")
        && Holds(start, "annotations", "images")
        && !Holds(start, "sentences");

    private static bool Holds(string start, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (start.Contains($"\"{name}\"", StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>One sample an image, with all its sentences, in the order of the images.</summary>
    public static IEnumerable<Draft> Of(DatasetFolder folder, CaptionRows rows, string path)
    {
        string file = folder.Relative(path),
            split = SplitNames.OfNumbered(file);
        var names = new Dictionary<string, string>();
        var sentences = new Dictionary<string, List<string>>();
        foreach (
            var row in NestedRows.Read(
                File.ReadAllBytes(path),
                new JsonRows(file, folder.Report),
                name => name is "images" or "annotations"
            )
        )
        {
            if (row.Text(NestedRows.Key) == "images")
            {
                if (row.Text("id") is { } id && row.Text("file_name", "filename") is { } name)
                    names[id] = name;
                else
                    folder.Report(row.Where, "an image without id or file_name. Skipped.");
            }
            else if (row.Text("image_id", "filename", "file_name") is { } image && row.Text("caption", "text_output") is { } caption)
            {
                if (!sentences.TryGetValue(image, out var list))
                    sentences[image] = list = [];
                list.Add(caption.Trim());
            }
            else
                folder.Report(row.Where, "a sentence without image_id or caption. Skipped.");
        }
        // RSICap has no list of images: its sentences name the files.
        foreach (string name in sentences.Keys.Where(DatasetFolder.IsImage).ToList())
            names.TryAdd(name, name);
        foreach (var (id, name) in names)
            if (sentences.Remove(id, out var captions))
                yield return rows.Make(name, "", isPair: false, captions, split, [], $"{file}, image {id}");
        if (sentences.Count > 0)
            folder.Report(
                file,
                $"{sentences.Count:N0} image ids of its sentences are not in its list of images, the first is {sentences.Keys.First()}. Left out."
            );
    }
}
