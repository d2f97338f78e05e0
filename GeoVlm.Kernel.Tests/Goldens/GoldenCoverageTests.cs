using System.Text.Json;

namespace GeoVlm.Tests.Goldens;

/// <summary>No recorded number lies unread: every key of every golden file is named by a test that opens the file.</summary>
public class GoldenCoverageTests
{
    /// <summary>Where the numbers come from, and what was given to the reference scorers beside what tests give to ours.</summary>
    private static readonly HashSet<string> Remarks =
    [
        "note",
        "convention",
        "licence",
        "repo",
        "commit",
        "sklearn",
        "shapely",
        "source",
        "sha256",
        "published_check",
        "info",
        "params",
        // Input that no scorer looks at: the boxes of a text are compared as written, COCO's sizes come from areas.
        "scale",
        "image_width",
        "image_height",
        "width",
        "height",
        "file_name",
        "categories",
        "classes",
        "row",
        "size",
    ];

    /// <summary>Objects of which a test takes every property, whatever its name.</summary>
    private static readonly HashSet<string> Enumerated = ["printed", "detection_scorer_variants[].precision"];

    [Fact]
    public void Every_key_is_named_by_a_test_that_opens_its_file()
    {
        string folder = SharedFolder.Require("metric-goldens");
        var tests = Directory
            .EnumerateFiles(Path.Combine(SharedFolder.Repository, "GeoVlm.Kernel.Tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(f => Path.GetFileNameWithoutExtension(f) != nameof(GoldenCoverageTests))
            .Select(File.ReadAllText)
            .ToList();
        List<string> unread = [];
        int keys = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*-goldens.json", SearchOption.AllDirectories).Order())
        {
            // Some tests take the stem alone: Golden("rotated-iou").
            string name = Path.GetFileName(file),
                stem = $"\"{name.Replace("-goldens.json", "")}\"";
            string readers = string.Concat(tests.Where(t => t.Contains(name) || (t.Contains("-goldens.json") && t.Contains(stem))));
            using var golden = JsonDocument.Parse(File.ReadAllText(file));
            HashSet<string> found = [];
            Collect(golden.RootElement, "", found);
            keys += found.Count;
            unread.AddRange(found.Where(k => !readers.Contains($"\"{k}\"")).Order().Select(k => $"{name}: {k}"));
        }
        Assert.True(unread.Count == 0, $"Assert these in the test of their file, or say above why not:\n{string.Join("\n", unread)}");
        Assert.True(keys > 100, $"only {keys} keys");
    }

    private static void Collect(JsonElement value, string path, HashSet<string> keys)
    {
        if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray())
                Collect(item, $"{path}[]", keys);
        if (value.ValueKind != JsonValueKind.Object || Enumerated.Any(e => path.EndsWith(e, StringComparison.Ordinal)))
            return;
        foreach (var property in value.EnumerateObject().Where(p => !Remarks.Contains(p.Name)))
        {
            // Ids of categories are data.
            if (!property.Name.All(char.IsAsciiDigit))
                keys.Add(property.Name);
            Collect(property.Value, $"{path}.{property.Name}", keys);
        }
    }
}
