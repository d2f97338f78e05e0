using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Conversations and result rows: LLaVA style, GeoChat, EarthDial, VRSBench, TEOChat, GeoLLaVA, DisasterM3.</summary>
public class InstructionFamilyTests
{
    [Fact]
    public void Every_EarthDial_result_row_is_read()
    {
        int files = 0,
            rows = 0;
        foreach (var (path, facts) in Truth.Of("vlm-results/earthdial/").Where(f => f.Path.EndsWith(".jsonl")))
        {
            files++;
            var dataset = EoDataset.Load(Goldens.SharedFolder.Require("eo-samples/" + path));
            Assert.Equal((path, "instruction", facts.GetProperty("rows").GetInt32()), (path, dataset.Reader, dataset.Count));
            rows += dataset.Count;
        }
        Assert.True(files >= 20, $"{files} files");
        Assert.Equal(rows, Truth.Load("vlm-results/earthdial", "instruction").Count);
    }

    [Theory]
    [InlineData("rs_detection/urban_tree_crown_detection", EoTask.ReferredDetection)]
    [InlineData("rs_grounding_description/HIT_UAV", EoTask.GroundedCaption)]
    [InlineData("rs_image_caption/UCM_captions", EoTask.ImageCaption)]
    [InlineData("rs_region_captioning/ship_dataset_v0_test", EoTask.RegionCaption)]
    [InlineData("rs_change_detection/FMoW", EoTask.TemporalClassification)]
    [InlineData("rs_change_detection/Dubai_CC", EoTask.ChangeCaption)]
    [InlineData("rs_change_detection/xBD_referred_object_detection", EoTask.DisasterDetection)]
    [InlineData("rs_classification/WHU_19", EoTask.SceneClassification)]
    [InlineData("rs_classification/STARCOP_test", EoTask.VisualQuestionAnswering)]
    public void The_task_of_a_result_file_is_told(string file, EoTask task) =>
        Assert.All(Truth.Load($"vlm-results/earthdial/{file}.jsonl", "instruction").Samples, s => Assert.Equal(task, s.Task));

    [Fact]
    public void EarthDial_traps_are_read_right()
    {
        var changes = Truth.Load("vlm-results/earthdial/rs_change_detection/SYSU.jsonl", "instruction");
        Assert.DoesNotContain("[", ((TextAnswer)changes.Samples[0].Reference).Text); // a JSON list inside a string
        var captions = Truth.Load("vlm-results/earthdial/rs_image_caption/RSITMD_Captions.jsonl", "instruction");
        Assert.Equal(4, captions.Samples[0].OtherReferences.Count);
        var trees = Truth.Load("vlm-results/earthdial/rs_detection/urban_tree_crown_detection.jsonl", "instruction");
        var reference = Assert.IsType<BoxesAnswer>(trees.Samples[0].Reference);
        Assert.Equal(("percent", "earthdial"), (reference.Frame.Name, trees.Samples[0].Attributes["box dialect"]));
        Assert.Equal("[[49, 30, 89, 78, 90]]", trees.Samples[0].Attributes["prediction"]);
        Assert.DoesNotContain("\\n", trees.Samples[0].Question);
    }

    [Theory]
    [InlineData("hf-made", "arrow")]
    [InlineData("hf-made/data-00000-of-00001.arrow", "arrow")]
    [InlineData("hf-made/earthdial-style-file-format.arrow", "arrow")]
    [InlineData("hf-made/earthdial-style.parquet", "parquet")]
    public void Hugging_Face_rows_hold_their_images(string path, string reader)
    {
        var dataset = Truth.Load(path, reader);
        Assert.Equal(3, dataset.Count);
        Assert.Equal(
            "[refer] [hr_rgb_0.5] Give me the location of <ref>4 white small storage tank at the top left</ref>",
            dataset.Samples[0].Question
        );
        var picture = dataset.Samples[0].Images.Single().Load(); // a PNG in a column called jpg
        Assert.Equal((256, 256), (picture.Width, picture.Height));
        var boxes = Assert.IsType<BoxesAnswer>(dataset.Samples[2].Reference);
        Assert.Equal([new Box(69, 69, 76, 82), new Box(88, 68, 95, 82)], boxes.Objects.Select(o => Turned(o)));
        Assert.Equal("test", dataset.Samples[0].Split);

        static Box Turned(LabelledBox item) =>
            item.Oriented is { } o
                ? o.AsTurned(AngleConvention.CounterClockwiseDegrees).Unrotated is var b
                    ? new(Math.Round(b.X1), Math.Round(b.Y1), Math.Round(b.X2), Math.Round(b.Y2))
                    : default
                : item.Box;
    }

    [Fact]
    public void Conversations_of_every_dialect_keep_their_units()
    {
        using var folder = new TemporaryFolder();
        foreach (string image in new[] { "dota/P1.png", "P2.png", "a.png", "b.png", "c.png" })
            folder.Image("images/" + image, 200, 100);
        folder.Text(
            "geochat.json",
            """
            [{"id": "x1", "image": "dota/P1.png", "conversations": [
               {"from": "human", "value": "<image>\n[refer] where is <p>silver airplane</p>?"}, {"from": "gpt", "value": "{<10><20><30><40>|<90>}"},
               {"from": "human", "value": "[identify] {<51><23><63><35>|<15>}"}, {"from": "gpt", "value": "<p>1 airplane at the top</p>"}]},
             {"id": "x1", "image": "missing.png", "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]},
             {"id": "x3", "image": "../../P2.png", "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}]
            """
        );
        folder.Text(
            "vrsbench.json",
            """[{"image_id": "P2.png", "question": "locate the ship", "ground_truth": "{<25><40><33><60>}", "question_id": 7, "type": "ref", "dataset": "DOTA"}]"""
        );
        folder.Text(
            "teochat.json",
            """
            [{"id": "t", "image": ["a.png", "b.png", "c.png"], "conversations": "[{\"from\": \"human\", \"value\": \"<image><image><image> Where did new buildings appear?\"}, {\"from\": \"gpt\", \"value\": \"[12, 30, 44, 61]\"}]"}]
            """
        );
        folder.Text(
            "swift.jsonl",
            """{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "<image>count the ships"}, {"role": "assistant", "content": "3"}], "images": ["a.png"]}"""
        );
        folder.Text(
            "disaster.json",
            """[{"prompts": "Which disaster?", "options_str": "A. flood B. fire", "ground_truth_option": "B", "pre_image_path": "a.png", "post_image_path": "b.png"}]"""
        );
        folder.Text(
            "geollava.json",
            """[{"id": 1, "video": ["a.png", "b.png"], "conversations": [{"from": "human", "value": "<video>\nDescribe the changes."}, {"from": "gpt", "value": "A road was built."}]}]"""
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("instruction", dataset.Reader);
        var by = dataset.Samples.ToDictionary(s => s.Id);
        var plane = (BoxesAnswer)by["x1.1"].Reference;
        Assert.Equal(("percent", EoTask.ReferredDetection), (plane.Frame.Name, by["x1.1"].Task));
        var unrotated = plane.Objects[0].Oriented!.Value;
        Assert.Equal((20, 30, 90), ((int)unrotated.CenterX, (int)unrotated.CenterY, (int)Math.Abs(unrotated.AngleDegrees)));
        Assert.Equal("silver airplane", plane.Objects[0].Label);
        Assert.Equal((EoTask.RegionCaption, "images/dota/P1.png"), (by["x1.2"].Task, "images/dota/" + by["x1.2"].Images[0].Name));
        Assert.Equal(new Box(25, 40, 33, 60), ((BoxesAnswer)by["7"].Reference).Objects[0].Box);
        Assert.Equal(("vrsbench", "DOTA"), (by["7"].Attributes["box dialect"], by["7"].Attributes["dataset"]));
        Assert.Equal((3, "percent"), (by["t"].Images.Count, ((BoxesAnswer)by["t"].Reference).Frame.Name));
        Assert.Contains(dataset.Samples, s => s.Question == "count the ships" && s.Reference == new TextAnswer("3"));
        Assert.Contains(dataset.Samples, s => s.Question.Contains("B. fire") && s.Images.Count == 2);
        Assert.Equal((EoTask.ChangeCaption, 2), (by["1"].Task, by["1"].Images.Count));
        Assert.Contains(dataset.Problems, p => p.Where == "geochat.json:4" && p.What.Contains("does not exist"));
        Assert.Contains(dataset.Problems, p => p.Where == "geochat.json:5" && p.What.Contains("leaves the dataset's folder"));
    }

    [Fact]
    public void VRSBenchs_own_annotation_gives_caption_boxes_and_questions()
    {
        using var folder = new TemporaryFolder();
        folder.Image("P0003_0002.png", 512, 512);
        folder.Text(
            "P0003_0002.json",
            """
            {"image": "P0003_0002.png", "caption": "A harbour.", "objects": [{"obj_id": 0, "obj_cls": "ship", "obj_coord": [0.25, 0.4, 0.33, 0.6], "referring_sentence": "The ship at the left"}],
             "qa_pairs": [{"ques_id": 0, "question": "Is there a ship?", "type": "object existence", "answer": "Yes"}]}
            """
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(["A harbour.", "Yes"], dataset.Samples.Select(s => s.Reference).OfType<TextAnswer>().Select(t => t.Text));
        var boxes = dataset.Samples.Select(s => s.Reference).OfType<BoxesAnswer>().Single();
        Assert.Equal(0.4, boxes.Objects[0].Box.Y1 / boxes.Frame.Height, 9);
    }
}
