using System.IO.Compression;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Datasets whose annotations lie deeper, twice, or under another name than those of their kin.</summary>
public class NestedLayoutTests
{
    private const string Line = "20 30 60 30 60 50 20 50 large-vehicle 0\n";

    [Fact]
    public void ISAID_has_COCO_files_in_the_Annotations_of_each_split()
    {
        using var folder = new TemporaryFolder();
        foreach (string place in new[] { "images", "Semantic_masks/images" })
            folder.Image($"train/{place}/P0000{(place == "images" ? "" : "_instance_color_RGB")}.png", 100, 80);
        folder.Text(
            "train/Annotations/iSAID_train.json",
            """{"images": [{"id": 0, "file_name": "P0000.png", "width": 100, "height": 80}], "categories": [{"id": 1, "name": "ship"}], "annotations": [{"id": 0, "image_id": 0, "category_id": 1, "bbox": [20, 30, 40, 20], "area": 800, "iscrowd": 0}]}"""
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(("coco", "train", 0), (dataset.Reader, dataset.Samples[0].Split, dataset.Problems.Count));
        Assert.Equal(new Box(20, 30, 60, 50), dataset.Samples[0].Objects.Single().Box);
        Assert.Equal("P0000.png", dataset.Samples[0].Images.Single().Name);
    }

    [Fact]
    public void DOTA_v1_5_with_its_upright_copies_is_read_once()
    {
        using var folder = new TemporaryFolder();
        folder.Image("train/images/P0000.png", 100, 80);
        foreach (string copy in new[] { "", "_hbb" })
            folder.Text($"train/labelTxt-v1.5/DOTA-v1.5_train{copy}/P0000.txt", Line);
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(("dota", 2), (dataset.Reader, dataset.Count)); // one question for each task

        using var upright = new TemporaryFolder();
        upright.Image("train/images/P0000.png", 100, 80);
        upright.Text("train/labelTxt-v1.5/DOTA-v1.5_train_hbb/P0000.txt", Line);
        Assert.Equal(2, EoDataset.Load(upright.Path).Count);
    }

    [Fact]
    public void Million_AID_has_its_classes_in_groups_of_two_and_three_levels()
    {
        using var folder = new TemporaryFolder();
        folder.Image("train/agriculture_land/arable_land/dry_field/P1.jpg", 8, 8);
        folder.Image("train/water_area/lake/P2.jpg", 8, 8);
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(
            ("scene-folder", "dry field train, lake train"),
            (dataset.Reader, string.Join(", ", dataset.Samples.Select(s => $"{((TextAnswer)s.Reference).Text} {s.Split}")))
        );
    }

    [Fact]
    public void EarthVQA_keeps_the_questions_of_an_image_under_its_name()
    {
        using var folder = new TemporaryFolder();
        folder.Image("Train/images_png/0.png", 64, 48);
        folder.Text(
            "Train_QA.json",
            """{"0.png": [{"Type": "Basic Judging", "Question": "Is there any building?", "Answer": "Yes"}, {"Type": "Basic Counting", "Question": "How many?", "Answer": 3}]}"""
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(["Yes", "3"], dataset.Samples.Select(s => ((TextAnswer)s.Reference).Text));
        Assert.All(dataset.Samples, s => Assert.Equal(48, s.Images.Single().Height));
        Assert.Empty(dataset.Problems);
    }

    [Fact]
    public void A_text_with_a_truth_beside_it_is_a_question_and_without_one_a_caption()
    {
        using var folder = new TemporaryFolder();
        folder.Image("image/a.png", 64, 48);
        folder.Text("all.jsonl", """{"question_id": "1", "image": "a.png", "text": "What colour?", "ground_truth": "red"}""" + "\n");
        var asked = EoDataset.Load(folder.Path);
        Assert.Equal(
            ("instruction", "What colour?", new TextAnswer("red")),
            (asked.Reader, asked.Samples.Single().Question, asked.Samples[0].Reference)
        );
        folder.Text("all.jsonl", """{"image": "a.png", "text": "A red roof."}""" + "\n");
        Assert.Equal("caption", EoDataset.Load(folder.Path).Reader);
    }

    [Fact]
    public void TEOChatlas_asks_about_images_that_are_called_after_a_disaster()
    {
        using var folder = new TemporaryFolder();
        foreach (string date in new[] { "pre", "post" })
            folder.Image($"train/xbd/images/guatemala_{date}_disaster.png", 200, 100);
        folder.Text(
            "train/instruct.json",
            """[{"id": "1", "video": ["train/xbd/images/guatemala_pre_disaster.png", "train/xbd/images/guatemala_post_disaster.png"], "conversations": [{"from": "human", "value": "<video>\nWhere are the destroyed buildings?"}, {"from": "gpt", "value": "[12, 30, 44, 61]"}]}]"""
        );
        var dataset = EoDataset.Load(folder.Path);
        var sample = dataset.Samples.Single();
        Assert.Equal(("instruction", EoTask.DisasterDetection, 2), (dataset.Reader, sample.Task, sample.Images.Count));
    }

    [Theory]
    [InlineData("", "[20, 30, 60, 50]", 20, 30, 60, 50)]
    [InlineData(", \"bbox_type\": \"norm1\"", "[0.1, 0.3, 0.3, 0.5]", 20, 30, 60, 50)]
    [InlineData(", \"bbox_type\": \"norm1000\"", "[100, 300, 300, 500]", 20, 30, 60, 50)]
    public void Places_that_ms_swift_leaves_for_objects_are_filled(string kind, string box, double x1, double y1, double x2, double y2)
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.jpg", 200, 100);
        folder.Text(
            "train.jsonl",
            $$$"""{"messages": [{"role": "user", "content": "<image>Locate <ref-object>"}, {"role": "assistant", "content": "<bbox>"}], "images": ["images/a.jpg"], "objects": {"ref": ["ship"], "bbox": [{{{box}}}]{{{kind}}}}}"""
                + "\n"
        );
        var sample = EoDataset.Load(folder.Path).Samples.Single();
        var found = ((BoxesAnswer)sample.Reference).In(CoordinateFrame.Original(200, 100)).Objects.Single();
        Assert.Equal((EoTask.ReferredDetection, "ship"), (sample.Task, found.Label));
        Assert.Equal([x1, y1, x2, y2], [found.Box.X1, found.Box.Y1, found.Box.X2, found.Box.Y2], (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void A_place_without_an_object_stays()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.jpg", 200, 100);
        folder.Text(
            "train.jsonl",
            """{"messages": [{"role": "user", "content": "<image>Is <ref-object> left of <ref-object>?"}, {"role": "assistant", "content": "yes"}], "images": ["images/a.jpg"], "objects": {"ref": ["a ship"], "bbox": []}}"""
                + "\n"
        );
        Assert.Equal("Is <ref>a ship</ref> left of <ref-object>?", EoDataset.Load(folder.Path).Samples.Single().Question);
    }

    [Fact]
    public void A_list_of_train_and_val_together_is_train_where_neither_has_its_own()
    {
        using var folder = new TemporaryFolder();
        foreach (string stem in new[] { "1", "2" })
        {
            folder.Image($"JPEGImages/{stem}.jpg", 50, 50);
            folder.Text(
                $"Annotations/{stem}.xml",
                $"<annotation><filename>{stem}.jpg</filename><object><name>ship</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
            );
        }
        folder.Text("ImageSets/trainval.txt", "1\n");
        folder.Text("ImageSets/test.txt", "2\n");
        Assert.Equal(["test", "train"], EoDataset.Load(folder.Path).Samples.Select(s => s.Split).Distinct().Order());
        folder.Text("ImageSets/val.txt", "1\n");
        Assert.Equal(["test", "val"], EoDataset.Load(folder.Path).Samples.Select(s => s.Split).Distinct().Order());
    }

    [Fact]
    public void RSICap_names_its_files_and_RSIEval_is_one_dataset()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/P0003.png", 64, 48);
        folder.Text("captions.json", """{"annotations": [{"filename": "P0003.png", "text_output": "a harbour"}]}""");
        var captions = EoDataset.Load(folder.Path);
        Assert.Equal(("caption", new TextAnswer("a harbour")), (captions.Reader, captions.Samples.Single().Reference));

        using var eval = new TemporaryFolder();
        eval.Image("images/P0003.png", 64, 48);
        eval.Text(
            "annotations.json",
            """{"annotations": [{"filename": "P0003.png", "caption": "a harbour", "qa_pairs": [{"question": "What?", "answer": "ships"}]}]}"""
        );
        Assert.Equal((2, 0), (EoDataset.Load(eval.Path).Count, EoDataset.Load(eval.Path).Problems.Count));
    }

    [Theory]
    [InlineData("Train/Urban/images_png/0.png", "Train/Urban/masks_png/0.png", "Train/Urban/masks_png/")]
    [InlineData("2_Ortho_RGB/a.png", "5_Labels_all/a.png", "5_Labels_all/")]
    [InlineData("tiff/train/1.png", "tiff/train_labels/1.png", "tiff/train_labels/")]
    [InlineData("train/119_sat.jpg", "train/119_mask.png", "119_mask")]
    public void Masks_of_land_cover_are_told_from_classes_of_scenes(string image, string mask, string says)
    {
        using var folder = new TemporaryFolder();
        folder.Image(image, 16, 16);
        folder.Image(mask, 16, 16);
        string message = Assert.Throws<GeoVlmException>(() => EoDataset.Load(folder.Path)).Message;
        Assert.Contains(says, message);
        Assert.Contains("the reader images", message);
        Assert.Single(
            ReaderCatalogue.Load(Path.GetDirectoryName(folder.File(image))!, "images").Samples,
            s => s.Images[0].Name == Path.GetFileName(image)
        );
    }

    [Fact]
    public void Features_without_a_class_have_that_of_their_layer()
    {
        using var folder = new TemporaryFolder();
        folder.Image("RGB/img1.png", 64, 48);
        folder.Text(
            "geojson/buildings/img1.geojson",
            """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[10, 10], [20, 10], [20, 30], [10, 10]]]}}]}"""
        );
        Assert.All(EoDataset.Load(folder.Path).Samples, s => Assert.Equal("building", s.Objects.Single().Label));
    }

    [Fact]
    public void What_macOS_puts_into_an_archive_is_no_data()
    {
        using var folder = new TemporaryFolder();
        folder.Image("Land/Images/beach/1.png", 8, 8);
        using (var zip = ZipFile.Open(folder.File("land.zip"), ZipArchiveMode.Create))
        {
            foreach (string name in new[] { "airplane", "beach" })
                zip.CreateEntryFromFile(folder.File("Land/Images/beach/1.png"), $"Land/Images/{name}/1.png");
            zip.CreateEntry("__MACOSX/Land/Images/airplane/._1.png");
            zip.CreateEntry("Land/Images/beach/._1.png");
        }
        var dataset = EoDataset.Load(folder.File("land.zip"));
        Assert.Equal((2, 0), (dataset.Count, dataset.Problems.Count));
    }

    [Theory]
    [InlineData("""{"image": "img/a.png", "problem": "Where?", "solution": "<answer>[10, 12, 130, 40]</answer>"}""")]
    [InlineData(
        """{"prompt": [{"role": "system", "content": "x"}, {"role": "user", "content": "<image>Where?"}], "images": ["img/a.png"], "reward_model": {"style": "rule", "ground_truth": "[10, 12, 130, 40]"}}"""
    )]
    [InlineData(
        """{"image": "img/a.png", "conversations": [{"from": "human", "value": "<image>Where?"}, {"from": "gpt", "value": [10, 12, 130, 40]}]}"""
    )]
    public void Rows_of_TRL_verl_and_VLM_R1_are_read(string row)
    {
        using var folder = new TemporaryFolder();
        folder.Image("img/a.png", 200, 100);
        folder.Text("train.jsonl", row + "\n");
        var sample = EoDataset.Load(folder.Path).Samples.Single();
        Assert.Equal("Where?", sample.Question);
        Assert.Equal(new Box(10, 12, 130, 40), ((BoxesAnswer)sample.Reference).Objects.Single().Box);
        Assert.Single(sample.Images);
    }
}
