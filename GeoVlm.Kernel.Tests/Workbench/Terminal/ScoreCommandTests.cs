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

    [Theory]
    [InlineData("""{"question_id": 1, "text": "yes", "gt_answer": "yes"}""")] // LLaVA
    [InlineData("""{"Answer": "yes", "Ground_Truth": "yes"}""")]
    [InlineData("""{"predict": "yes", "label": "yes"}""")] // LLaMA-Factory
    [InlineData("""{"response": "yes", "labels": "yes", "messages": [{"role": "assistant", "content": "no"}]}""")] // ms-swift
    [InlineData("""{"resps": [["yes"]], "target": "yes"}""")] // lm-eval
    [InlineData("""{"model_answer": "yes", "conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": "Yes"}]}""")]
    [InlineData("""{"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "yes"}], "answer": "yes"}""")]
    [InlineData("""{"choices": [{"message": {"role": "assistant", "content": "yes"}}], "gt": "yes"}""")] // OpenAI's batches
    public void Rows_of_other_tools_are_read(string row) =>
        Assert.Equal(1, Value(Json("visual-question-answering", row), "accuracy (exact)"));

    [Theory]
    [InlineData("rows.json", """{"model": "m", "results": [{"id": 1, "prediction": "yes", "reference": "yes"}]}""")]
    [InlineData(
        "rows.json",
        "{\n  \"1\": {\"prediction\": \"yes\", \"reference\": \"yes\"},\n  \"2\": {\"prediction\": \"yes\", \"reference\": \"Yes.\"}\n}"
    )]
    [InlineData("rows.json", "[\n{\"prediction\": \"yes\",\n\"reference\": \"yes\"}\n]")]
    [InlineData("rows.csv", "id,prediction,reference\n1,yes,yes\n")]
    public void One_document_or_table_is_read_too(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        Assert.True(Run(["score", "--task", "visual-question-answering", "--predictions", path, "--json"]) == 0, error.ToString());
        Assert.Equal(1, Value(JsonDocument.Parse(output.ToString()).RootElement, "accuracy (exact)"));
    }

    [Fact]
    public void What_was_not_answered_is_wrong_where_that_is_asked_for()
    {
        string truth = Path.Combine(folder, "truth.jsonl");
        File.WriteAllLines(truth, Enumerable.Range(0, 4).Select(i => $$"""{"id": {{i}}, "answer": "yes"}"""));
        string[] rows = ["""{"id": 0, "prediction": "yes"}""", """{"id": 1, "prediction": null}""", """{"id": 7, "prediction": "yes"}"""];
        var scored = Json(["--references", truth], "visual-question-answering", rows);
        Assert.Equal((2, 1, 0.5), (Count(scored, "scored"), Count(scored, "skipped"), Value(scored, "accuracy (exact)")));
        scored = Json(["--references", truth, "--missing", "wrong"], "visual-question-answering", rows);
        Assert.Equal((4, 0.25), (Count(scored, "scored"), Value(scored, "accuracy (exact)")));
    }

    [Fact]
    public void COCO_results_are_scored_against_COCO_instances()
    {
        string truth = Path.Combine(folder, "instances.json"),
            found = Path.Combine(folder, "results.json");
        // Of two ships one is found; an image without results has found nothing.
        File.WriteAllText(
            truth,
            """
            {"info": {}, "images": [{"id": 1, "width": 100, "height": 100}, {"id": 2, "width": 100, "height": 100}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 2, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0},
                             {"id": 2, "image_id": 2, "category_id": 2, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0}],
             "categories": [{"id": 2, "name": "ship"}]}
            """
        );
        File.WriteAllText(found, """[{"image_id": 1, "category_id": 2, "bbox": [10, 10, 20, 20], "score": 0.9}]""");
        Assert.Equal(0, Run(["score", "--task", "object-detection", "--predictions", found, "--references", truth, "--json"]));
        var scored = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.Equal(51.0 / 101, Value(scored, "AP50"), 9); // precision 1 up to a recall of one half
        Assert.Equal(0.5, Value(scored, "recall@0.5"));
    }

    [Fact]
    public void COCO_captions_are_scored_against_COCO_sentences()
    {
        string truth = Path.Combine(folder, "captions.json"),
            found = Path.Combine(folder, "results.json");
        File.WriteAllText(
            truth,
            """
            {"images": [{"id": 1}, {"id": 2}], "annotations": [{"id": 1, "image_id": 1, "caption": "a plane on a runway"},
             {"id": 2, "image_id": 1, "caption": "one plane"}, {"id": 3, "image_id": 2, "caption": "a long white beach"}]}
            """
        );
        File.WriteAllText(
            found,
            """[{"image_id": 2, "caption": "a long white beach"}, {"image_id": 1, "caption": "a plane on a runway"}]"""
        );
        Assert.True(
            Run(["score", "--task", "image-caption", "--predictions", found, "--references", truth, "--json"]) == 0,
            error.ToString()
        );
        var scored = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.Equal((2, 1), (Count(scored, "scored"), Value(scored, "ROUGE-L (COCO)")));

        // Beside its references a caption is what was said; alone it is not known which of the two.
        scored = Json("image-caption", """{"image_id": 1, "caption": "one plane", "references": ["one plane", "a runway"]}""");
        Assert.Equal(1, Value(scored, "ROUGE-L (COCO)"));
    }

    [Fact]
    public void A_box_may_have_a_field_of_its_own() =>
        Assert.Equal(
            1,
            Value(
                Json("visual-grounding", """{"pred_bbox": [10, 20, 30, 40], "gt_bbox": [10, 20, 30, 40], "width": 100, "height": 100}"""),
                "acc@0.75"
            )
        );

    [Theory]
    [InlineData("""{"foo": "yes", "gt": "yes"}""", "its fields are: foo, gt; looked for: prediction, pred,", "boxes, messages, choices")]
    [InlineData("""{"prediction": "yes", "bar": "yes"}""", "its fields are: prediction, bar; looked for: references,", "caption0")]
    public void A_row_that_lacks_something_says_which_fields_were_looked_for(string row, params string[] says)
    {
        string path = Path.Combine(folder, "rows.jsonl");
        File.WriteAllText(path, row + "\n");
        Assert.Equal(1, Run(["score", "--task", "visual-question-answering", "--predictions", path]));
        Assert.All(says, s => Assert.Contains(s, error.ToString().ReplaceLineEndings(" ")));
    }

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

    private static int Count(JsonElement scored, string name) => scored.GetProperty(name).GetInt32();

    private JsonElement Json(string[] more, string task, params string[] rows)
    {
        string path = Path.Combine(folder, "rows.jsonl");
        File.WriteAllLines(path, rows);
        output.GetStringBuilder().Clear();
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
