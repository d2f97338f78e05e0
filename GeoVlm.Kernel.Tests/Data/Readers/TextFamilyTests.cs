using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Captions, linked questions, grounding and several labels to an image.</summary>
public class TextFamilyTests
{
    [Fact]
    public void RSICD_has_its_five_captions_with_their_faults()
    {
        var dataset = Truth.Load("caption/rsicd", "caption");
        Assert.Equal(1094, dataset.Count);
        Assert.Equal(5470, dataset.Samples.Sum(s => 1 + s.OtherReferences.Count));
        Assert.Contains(dataset.Samples[0].OtherReferences, r => ((TextAnswer)r).Text.Contains("termial"));
        Assert.Equal("rsicd_images/airport_61.jpg", dataset.Samples[0].Id);
    }

    [Fact]
    public void LEVIR_MCI_tokens_are_captions_of_a_change()
    {
        var dataset = Truth.Load("caption/levir-mci", "caption");
        var truth = Truth.Of("caption/levir-mci/tokens/").ToList();
        Assert.Equal(truth.Count, dataset.Count);
        foreach (var (path, facts) in truth)
        {
            var sample = dataset.Samples.Single(s => s.Id == Path.GetFileNameWithoutExtension(path) + ".png");
            Assert.Equal(
                (EoTask.ChangeCaption, facts.GetProperty("first").GetString()),
                (sample.Task, ((TextAnswer)sample.Reference).Text)
            );
            Assert.Equal(facts.GetProperty("captions").GetInt32(), 1 + sample.OtherReferences.Count);
        }
    }

    [Fact]
    public void Captions_after_Karpathy_of_one_image_and_of_a_pair()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/train/A/t1.png", 8, 8);
        folder.Image("images/train/B/t1.png", 8, 8);
        folder.Text(
            "LevirCCcaptions.json",
            """
            {"images": [{"filepath": "train", "filename": "t1.png", "imgid": 0, "split": "train", "changeflag": 1,
              "sentences": [{"raw": " a road is built .", "tokens": ["a", "road"]}, {"tokens": ["a", "new", "road"]}]}]}
            """
        );
        var pair = Assert.Single(EoDataset.Load(folder.Path).Samples);
        Assert.Equal(
            (EoTask.ChangeCaption, "a road is built .", 2, "train", "1"),
            (pair.Task, ((TextAnswer)pair.Reference).Text, pair.Images.Count, pair.Split, pair.Attributes["changeflag"])
        );
        Assert.Equal(new TextAnswer("a new road"), pair.OtherReferences.Single());

        using var other = new TemporaryFolder();
        other.Image("imgs/1.jpg", 8, 8); // the annotation says .tif
        other.Text(
            "dataset_rsicd.json",
            """
            {"images": [{"filename": "1.tif", "imgid": 0, "split": "val", "sentences": [{"raw": "one"}, {"raw": "two"}, {"raw": "two"}, {"raw": "four"}, {"raw": "five"}]}], "dataset": "rsicd"}
            """
        );
        other.Text(
            "nwpu/captions.json",
            """{"airport": [{"filename": "1.jpg", "split": "test", "raw": "a", "raw_1": "b", "raw_2": "c", "raw_3": "d", "raw_4": "e"}]}"""
        );
        var dataset = EoDataset.Load(other.Path);
        Assert.Equal(
            [("one", 4, "val"), ("a", 4, "test")],
            dataset.Samples.Select(s => (((TextAnswer)s.Reference).Text, s.OtherReferences.Count, s.Split))
        );
        Assert.Equal(8, dataset.Samples[0].Images.Single().Width);
        Assert.Equal("airport", dataset.Samples[1].Attributes["class"]);
    }

    [Fact]
    public void RSVQA_joins_its_files_and_respects_active()
    {
        using var folder = new TemporaryFolder();
        folder.Image("Images_LR/0.tif.png", 8, 8);
        folder.Image("Images_LR/7.png", 8, 8);
        folder.Text(
            "LR_split_test_questions.json",
            """
            {"questions": [{"id": 0, "img_id": 7, "type": "presence", "question": "Is a road present?", "answers_ids": [10], "active": true},
             {"id": 1, "active": false}, {"id": 2, "img_id": 7, "type": "count", "question": "How many roads?", "answers_ids": [11], "active": true},
             {"id": 3, "img_id": 7, "type": "count", "question": "No answer?", "answers_ids": [12], "active": true}]}
            """
        );
        folder.Text(
            "LR_split_test_answers.json",
            """{"answers": [{"id": 10, "answer": "yes", "question_id": 0, "active": true}, {"id": 11, "answer": "4", "active": true}, {"id": 12, "answer": "x", "active": false}]}"""
        );
        folder.Text("LR_split_test_images.json", """{"images": [{"id": 7, "active": true}]}""");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("vqa", dataset.Reader);
        Assert.Equal(
            [("Is a road present?", "yes", "test", "presence"), ("How many roads?", "4", "test", "count")],
            dataset.Samples.Select(s => (s.Question, ((TextAnswer)s.Reference).Text, s.Split, s.Attributes["type"]))
        );
        Assert.Equal("7.png", dataset.Samples[0].Images.Single().Name);
        Assert.Contains("no active answer", Assert.Single(dataset.Problems).What);
        Assert.Contains("1 record of LR_split_test_questions.json is marked as not active", Assert.Single(dataset.Notes));
    }

    [Theory]
    [InlineData("""{"questions": []}""", """{"answers": []}""", "holds no question")]
    [InlineData("[]", "[]", "holds no question")]
    [InlineData("""{"questions": [{"id": 0, "active": false}]}""", """{"answers": [{"id": 0, "active": false}]}""", "1 record of")]
    public void A_split_of_RSVQA_without_questions_is_a_fact_and_no_problem(string questions, string answers, string note)
    {
        using var folder = new TemporaryFolder();
        folder.Image("Images_LR/7.png", 8, 8);
        folder.Text("LR_split_val_questions.json", questions);
        folder.Text("LR_split_val_answers.json", answers);
        var alone = EoDataset.Load(folder.Path, "auto", new ReadOptions { Strict = true });
        Assert.Equal(("vqa", 0, 0), (alone.Reader, alone.Count, alone.Problems.Count));
        Assert.Contains(note, Assert.Single(alone.Notes));
        Assert.Contains(note, alone.Describe().Facts().Single(f => f.Name == "notes").Value);

        folder.Text(
            "LR_split_train_questions.json",
            """{"questions": [{"id": 0, "img_id": 7, "question": "Is a road present?", "answers_ids": [10], "active": true}]}"""
        );
        folder.Text("LR_split_train_answers.json", """{"answers": [{"id": 10, "answer": "yes", "active": true}]}""");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal((1, 0), (dataset.Count, dataset.Problems.Count));
        Assert.Contains(note, Assert.Single(dataset.Notes));
    }

    [Theory]
    [InlineData("""{"questions": []}""", "no question in it, but 1 answer in")]
    [InlineData("", "the file is empty")]
    public void Answers_without_questions_and_a_file_without_a_byte_are_problems_of_that_split_alone(string questions, string what)
    {
        using var folder = new TemporaryFolder();
        folder.Image("Images_LR/7.png", 8, 8);
        folder.Text("LR_split_val_questions.json", questions);
        folder.Text("LR_split_val_answers.json", """{"answers": [{"id": 10, "answer": "yes", "active": true}]}""");
        folder.Text(
            "LR_split_train_questions.json",
            """{"questions": [{"id": 0, "img_id": 7, "question": "Is a road present?", "answers_ids": [10], "active": true}]}"""
        );
        folder.Text("LR_split_train_answers.json", """{"answers": [{"id": 10, "answer": "yes", "active": true}]}""");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("train", dataset.Samples.Single().Split);
        var problem = Assert.Single(dataset.Problems);
        Assert.Equal("LR_split_val_questions.json", problem.Where);
        Assert.Contains(what, problem.What);
    }

    [Fact]
    public void RSIVQA_lines_and_FloodNets_numbered_records()
    {
        using var lines = new TemporaryFolder();
        lines.Image("img/1.jpg", 8, 8);
        lines.Text("sydney_vqa.txt", "1.jpg:is there a river?yes\nbroken\n1.jpg:how many?2\n");
        var dataset = EoDataset.Load(lines.Path);
        Assert.Equal(("vqa", 2), (dataset.Reader, dataset.Count));
        Assert.Equal("sydney_vqa.txt:2", Assert.Single(dataset.Problems).Where);

        using var flood = new TemporaryFolder();
        flood.Image("Images/10165.JPG.png", 8, 8);
        flood.Text(
            "Training Question.json",
            """{"0": {"Image_ID": "10165.JPG.png", "Question": "What is the overall condition?", "Ground_Truth": "flooded", "Question_Type": "Condition_Recognition"}, "1": {"Image_ID": "10165.JPG.png", "Question": "How many buildings?", "Ground_Truth": 4, "Question_Type": "Simple_Counting"}}"""
        );
        Assert.Equal(["flooded", "4"], EoDataset.Load(flood.Path).Samples.Select(s => ((TextAnswer)s.Reference).Text));
    }

    [Fact]
    public void DIOR_RSVG_lists_count_objects()
    {
        var lists = Truth.Load("dior-rsvg", "grounding");
        Assert.Contains(lists.Problems, p => p.Where == "test.txt" && p.What.Contains("7,500"));
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "00001", "00002" })
        {
            folder.Image($"JPEGImages/{name}.jpg", 80, 80);
            folder.Text(
                $"Annotations/{name}.xml",
                $"""
                <annotation><filename>{name}.jpg</filename><size><width>80</width><height>80</height></size>
                <object><name>vehicle</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox><description>A vehicle on the left</description></object>
                <object><name>ship</name><bndbox><xmin>5</xmin><ymin>6</ymin><xmax>7</xmax><ymax>8</ymax></bndbox><description>The ship</description></object></annotation>
                """
            );
        }
        folder.Text("train.txt", "0\n3\n");
        folder.Text("test.txt", "1\n2\n9\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("grounding", dataset.Reader);
        Assert.Equal(["train", "test", "test", "train"], dataset.Samples.Select(s => s.Split));
        Assert.Equal("detect the vehicle on the left", dataset.Samples[0].Question);
        Assert.Equal(new Box(5, 6, 7, 8), ((BoxesAnswer)dataset.Samples[3].Reference).Objects[0].Box);
        Assert.Contains(dataset.Problems, p => p.What.Contains("from 9 on"));
    }

    [Fact]
    public void Phrases_of_RefSegRS_have_the_box_of_their_mask()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/4.png", 20, 20);
        folder.Image("masks/4.png", 20, 20, (x, y) => (byte)(x is >= 3 and < 9 && y is >= 5 and < 6 ? 255 : 0));
        folder.Text("output_phrase_val.txt", "4 road\n5 car\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("phrases", dataset.Reader);
        var sample = Assert.Single(dataset.Samples);
        Assert.Equal(
            ("detect the road", "val", new Box(3, 5, 9, 6)),
            (sample.Question, sample.Split, ((BoxesAnswer)sample.Reference).Objects[0].Box)
        );
    }

    [Theory]
    [InlineData(
        "multilabel/bigearthnet/v1",
        "multi-label",
        1,
        new[] { "Non-irrigated arable land", "Broad-leaved forest", "Water courses" }
    )]
    [InlineData(
        "multilabel/bigearthnet/v1/S2A_MSIL2A_20170613T101031_61_39_labels_metadata.json",
        "multi-label",
        1,
        new[] { "Non-irrigated arable land", "Broad-leaved forest", "Water courses" }
    )]
    [InlineData(
        "multilabel/bigearthnet/v2",
        "parquet",
        4,
        new[] { "Urban fabric", "Industrial or commercial units", "Complex cultivation patterns" }
    )]
    [InlineData("multilabel/treesatai", "multi-label", 10, new[] { "Prunus", "Fraxinus" })]
    [InlineData("csv-boxes/seasonet", "csv", 10, new[] { "class 2", "class 3", "class 12", "class 15", "class 17" })]
    [InlineData("multilabel/copernicus/multilabel-train.csv", "csv", 1, null)]
    [InlineData("multilabel/copernicus/lc100-multilabel-train.csv", "csv", 1, null)]
    public void Labels_are_whole_even_with_commas(string path, string reader, int count, string[]? first)
    {
        var dataset = Truth.Load(path, reader);
        Assert.Equal(count, dataset.Count);
        Assert.All(dataset.Samples, s => Assert.Equal(EoTask.MultiLabelClassification, s.Task));
        if (first is not null)
            Assert.Equal(first, ((LabelsAnswer)dataset.Samples[0].Reference).Labels);
        Assert.DoesNotContain(
            dataset.Samples.SelectMany(s => ((LabelsAnswer)s.Reference).Labels),
            l => l.StartsWith(" with", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void BigEarthNets_43_labels_merge_into_19_and_an_unknown_one_is_told()
    {
        var sample = Truth.Load("multilabel/bigearthnet/v1", "multi-label").Samples[0];
        Assert.Equal("Arable land; Broad-leaved forest; Inland waters", sample.Attributes["labels19"]);
        Assert.Equal("train", sample.Split);
        Assert.Contains(
            Truth.Load("malformed/bigearthnet-unknown-label.json", "multi-label").Problems,
            p => p.What.Contains("'Water Course' is none of")
        );
    }

    [Theory]
    [InlineData("scene-folder/eurosat", "annual crop", 64)]
    [InlineData("scene-folder/ucmerced", "airplane", 256)]
    [InlineData("scene-folder/resisc45", "airport", 256)]
    [InlineData("scene-folder/fire_risk", "high", 32)]
    public void A_scene_answers_with_its_folder(string path, string label, int size)
    {
        var sample = Assert.Single(Truth.Load(path, "scene-folder").Samples);
        Assert.Equal((new TextAnswer(label), "train", size), (sample.Reference, sample.Split, sample.Images[0].Width));
    }

    [Fact]
    public void SkyScript_and_COWC_rows_keep_quoted_commas_and_answers()
    {
        var captions = Truth.Load("csv-boxes/skyscript", "csv");
        Assert.Equal(
            (2, "a satellite image of a beautiful house, surrounded by a yard"),
            (captions.Count, ((TextAnswer)captions.Samples[0].OtherReferences[0]).Text)
        );
        var cars = Truth.Load("csv-boxes/cowc", "csv");
        Assert.Equal((12, new TextAnswer("yes")), (cars.Count, cars.Samples[0].Reference));
        Assert.Equal(1000, Truth.Load("coco/results/captions_val2014_fakecap_results.json", "caption").Count);
    }
}
