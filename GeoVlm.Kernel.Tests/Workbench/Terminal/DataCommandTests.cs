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
    public void Check_lists_every_finding_and_strictly_lets_what_was_left_out_count()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 16, 16);
        folder.Text(
            "train.jsonl",
            """
            {"image": "a.png", "question": "Is there water?", "answer": "yes"}
            {"image": "a.png", "question": "Is there a road?", "answer": ""}
            {broken
            """
        );
        var (exit, said) = Run("data", "check", folder.Path);
        Assert.Equal(0, exit);
        var (strictly, all) = Run("data", "check", folder.Path, "--strict");
        Assert.Equal((1, said), (strictly, all));
        Assert.Contains("empty-answer", all);
        Assert.Matches("(?m)^warning  loading .*train.jsonl:3", all);
        Assert.Equal(1, Run("data", "describe", folder.Path, "--strict").Exit);
    }

    [Fact]
    public void A_folder_with_a_broken_picture_is_saved_without_it_when_asked_and_the_card_says_so()
    {
        using var folder = new TemporaryFolder();
        folder.Image("set/beach/good.png", 16, 16);
        folder.Image("set/forest/fine.png", 16, 16);
        folder.Text("set/forest/bad<b>.png", "no picture");
        var (exit, said) = Run("data", "save", folder.File("set"), "-o", folder.File("out"));
        Assert.Equal(1, exit);
        Assert.Matches("Nothing was saved.*bad<b>.png.*--verify", said);
        Assert.False(Directory.Exists(folder.File("out")));

        (exit, said) = Run("data", "save", folder.File("set"), "-o", folder.File("out"), "--verify");
        Assert.Equal(0, exit);
        Assert.Contains("2 samples in", said);
        Assert.Contains("1 problem while loading", said);
        string card = File.ReadAllText(folder.File("out/README.md"));
        Assert.DoesNotContain(Path.GetDirectoryName(folder.File("out"))!, card); // the card is shared, this machine's folders are not
        Assert.Matches(@"(?s)## Left out or doubted.*\n- bad&lt;b>.png: .*not a PNG", card);
        Assert.Equal(1, Run("data", "save", folder.File("set"), "-o", folder.File("none"), "--verify", "--strict").Exit);
    }

    [Theory]
    [InlineData("[30, 5, 20, 9]", "1 of 1 box passes the border")]
    [InlineData(
        "[30, 5, 20, 9]}, {\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [4, 5, 6, 7]",
        "1 of 2 boxes passes the border"
    )]
    public void One_box_is_one_box(string boxes, string said)
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 40, 20);
        folder.Text(
            "annotations.json",
            $$"""
            {"images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}], "categories": [{"id": 1, "name": "ship"}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": {{boxes}}}]}
            """
        );
        Assert.Contains(said, Run("data", "describe", folder.Path).Said);
    }

    private static (int Exit, string Said) Run(params string[] arguments)
    {
        using StringWriter output = new();
        return (CommandLine.Run(arguments, parts, output, output), output.ToString());
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
