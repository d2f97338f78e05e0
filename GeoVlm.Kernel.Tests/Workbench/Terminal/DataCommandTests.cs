using System.Text.Json;
using GeoVlm.Tests.Data.Readers;
using GeoVlm.Workbench.Terminal;

namespace GeoVlm.Tests.Workbench.Terminal;

public class DataCommandTests
{
    private static readonly WorkbenchParts parts = new(folder => new ScriptedSession(folder), (_, title) => title, []);

    [Fact]
    public void Describe_prints_json_with_the_first_sample_in_original_pixels()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.png", 40, 20);
        folder.Text(
            "annotations.json",
            """
            {"licenses": [{"name": "CC0", "id": 1}], "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 5, 10, 11]}], "categories": [{"id": 1, "name": "ship"}]}
            """
        );
        using StringWriter output = new(),
            error = new();
        Assert.Equal(0, CommandLine.Run(["data", "describe", folder.Path, "--json"], parts, output, error));
        using var json = JsonDocument.Parse(output.ToString());
        var root = json.RootElement;
        Assert.Equal("coco", root.GetProperty("reader").GetString());
        Assert.Equal("CC0", root.GetProperty("licence").GetString());
        Assert.Equal(
            2,
            root.GetProperty("tasks").GetProperty("object-detection").GetInt32()
                + root.GetProperty("tasks").GetProperty("referred-detection").GetInt32()
        );
        Assert.Equal(40, root.GetProperty("images").GetProperty("sizes")[0].GetProperty("width").GetInt32());
        var first = root.GetProperty("first_sample");
        Assert.Equal([4d, 5, 14, 16], first.GetProperty("boxes")[0].EnumerateArray().Select(c => c.GetDouble()));
        Assert.Equal(0, root.GetProperty("problems").GetArrayLength());
    }

    [Fact]
    public void What_no_reader_takes_is_an_error_that_lists_the_layouts()
    {
        using var folder = new TemporaryFolder();
        folder.Text("a.bin", "?");
        using StringWriter output = new(),
            error = new();
        Assert.Equal(1, CommandLine.Run(["data", "describe", folder.Path], parts, output, error));
        Assert.Contains("coco:", error.ToString());
    }
}
