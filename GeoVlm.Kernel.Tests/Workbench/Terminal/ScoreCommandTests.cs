using System.Text.Json;
using GeoVlm.Workbench.Terminal;

namespace GeoVlm.Tests.Workbench.Terminal;

public sealed class ScoreCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;
    private readonly StringWriter output = new(),
        error = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Bad_rows_are_named_by_line_and_left_out()
    {
        var scored = Json(
            "visual-question-answering",
            """{"id": "1", "prediction": "yes", "reference": "Yes."}""",
            """{bad""",
            """[1, 2]""",
            """{"id": "3", "reference": "yes"}""",
            """{"id": "4", "prediction": "yes"}""",
            """{"id": "5", "prediction": 3, "reference": 4}"""
        );
        Assert.Equal((2, 4), (scored.GetProperty("scored").GetInt32(), scored.GetProperty("skipped").GetInt32()));
        Assert.Equal(
            ["line 2", "line 3", "line 4", "line 5"],
            scored.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("where").GetString()!.Split(", ")[1])
        );
        Assert.Equal(0.5, Value(scored, "accuracy (exact)"));
        Assert.All(scored.GetProperty("metrics").EnumerateArray(), m => Assert.NotEqual("", m.GetProperty("definition").GetString()));
    }

    [Fact]
    public void Boxes_keep_label_and_score()
    {
        // The sure box of each class is right, the unsure one wrong: ranked by score AP is 1, in file order it would be 0.5.
        var scored = Json(
            "object-detection",
            """
            {"id": 1, "width": 100, "height": 100, "reference_boxes": [{"bbox": [0,0,10,10], "label": "ship"}, {"bbox": [50,50,60,60], "label": "plane"}],
             "boxes": [{"bbox": [20,20,30,30], "label": "ship", "score": 0.2}, {"bbox": [0,0,10,10], "label": "ship", "score": 0.9}, {"bbox": [50,50,60,60], "label": "plane", "score": 0.5}]}
            """.ReplaceLineEndings(" ")
        );
        Assert.Equal(1, Value(scored, "AP"), 6);
        Assert.Equal(1, Value(scored, "AP50, ship"), 6);
    }

    [Theory]
    [InlineData("```json\\n[{\\\"bbox_2d\\\": [10, 20, 30, 40], \\\"label\\\": \\\"ship\\\"}]\\n```")]
    [InlineData("<|box_start|>(100,200),(300,400)<|box_end|>")]
    [InlineData("{<10><20><30><40>|<0>}")]
    [InlineData("<think>near</think><answer>[10,20,30,40]</answer>")]
    public void Notations_of_the_field_are_read(string written) =>
        Assert.Equal(
            1,
            Value(
                Json("visual-grounding", $$"""{"prediction": "{{written}}", "reference": "[10,20,30,40]", "width": 100, "height": 100}"""),
                "acc@0.75"
            )
        );

    [Fact]
    public void Two_systems_are_compared_on_the_rows_that_both_answered()
    {
        string[] Rows(Func<int, string> answer) =>
            [.. Enumerable.Range(0, 40).Select(i => $$"""{"id": {{i}}, "prediction": "{{answer(i)}}", "reference": "yes"}""")];
        string other = Path.Combine(folder, "other.jsonl");
        File.WriteAllLines(other, Rows(i => i < 10 ? "yes" : "no").Skip(1));
        var difference = Json(["--against", other], "visual-question-answering", Rows(i => i < 30 ? "yes" : "no"))
            .GetProperty("differences")
            .EnumerateArray()
            .First(d => d.GetProperty("name").GetString() == "accuracy (exact)");
        Assert.Equal(39, difference.GetProperty("count").GetInt32());
        Assert.Equal(20.0 / 39, difference.GetProperty("difference").GetDouble(), 9);
        Assert.True(difference.GetProperty("p").GetDouble() < 0.01 && difference.GetProperty("low").GetDouble() > 0.3);
    }

    [Fact]
    public void A_file_without_a_usable_row_says_what_a_row_needs()
    {
        string path = Path.Combine(folder, "rows.jsonl");
        File.WriteAllText(path, "nothing\n");
        Assert.Equal(1, Run(["score", "--task", "image-caption", "--predictions", path]));
        Assert.Contains("A row needs a prediction and a reference", error.ToString());
    }

    private JsonElement Json(string task, params string[] rows) => Json([], task, rows);

    private JsonElement Json(string[] more, string task, params string[] rows)
    {
        string path = Path.Combine(folder, "rows.jsonl");
        File.WriteAllLines(path, rows);
        Assert.True(Run(["score", "--task", task, "--predictions", path, "--json", .. more]) == 0, error.ToString());
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    private static double Value(JsonElement scored, string name) =>
        scored
            .GetProperty("metrics")
            .EnumerateArray()
            .First(m => m.GetProperty("name").GetString() == name)
            .GetProperty("value")
            .GetDouble();

    private int Run(string[] arguments) =>
        CommandLine.Run(arguments, new WorkbenchParts(folder => new ScriptedSession(folder), (_, title) => title, []), output, error);
}
