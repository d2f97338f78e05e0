using System.Formats.Tar;
using System.Text;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Layouts that datasets are met in beside the one of their paper: one folder too
/// many, a file named alone, records in other clothes.</summary>
public class LayoutTests
{
    [Fact]
    public void A_folder_that_holds_one_folder_is_looked_through_and_keeps_its_name()
    {
        using var folder = new TemporaryFolder();
        foreach (string scene in new[] { "DenseResidential", "Beach" })
            folder.Image($"set/AID_dataset/AID/{scene}/1.jpg", 16, 16);
        var dataset = EoDataset.Load(Path.Combine(folder.Path, "set"));
        Assert.Equal(("scene-folder", 2, "set"), (dataset.Reader, dataset.Count, dataset.Name));
    }

    [Fact]
    public void BigEarthNet_below_one_folder_is_no_set_of_scenes()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 2; i++)
        {
            folder.Image($"BigEarthNet-v1.0/S2A_{i}/S2A_{i}_B04.png", 12, 12);
            folder.Text($"BigEarthNet-v1.0/S2A_{i}/S2A_{i}_labels_metadata.json", """{"labels": ["Mixed forest"], "projection": "x"}""");
        }
        Assert.Equal("multi-label", EoDataset.Load(folder.Path).Reader);
    }

    [Theory]
    [InlineData("Annotations/Horizontal Bounding Boxes/1.xml", "JPEGImages-trainval/1.jpg")]
    [InlineData("Annotations/1.xml", "images/train/1.jpg")]
    public void A_file_named_alone_finds_the_images_beside_its_folders(string file, string image)
    {
        using var folder = new TemporaryFolder();
        folder.Image(image, 100, 80);
        folder.Text(
            file,
            "<annotation><filename>1.jpg</filename><object><name>ship</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
        );
        var dataset = EoDataset.Load(folder.File(file));
        Assert.Empty(dataset.Problems);
        Assert.Equal(100, dataset.Samples[0].Images.Single().Width);
    }

    [Fact]
    public void XBD_labels_without_images_keep_outlines_and_size_also_from_one_file()
    {
        using var folder = new TemporaryFolder();
        const string label = "labels/palu_00000001_post_disaster.json";
        folder.Text(
            label,
            """
            {"features": {"lng_lat": [], "xy": [{"properties": {"subtype": "destroyed"}, "wkt": "POLYGON ((10 10, 30 10, 30 25.5, 10 10))"}]},
             "metadata": {"disaster_type": "tsunami", "width": 1024, "height": 1024}}
            """
        );
        foreach (var dataset in new[] { EoDataset.Load(folder.Path), EoDataset.Load(folder.File(label)) })
        {
            Assert.Equal(("disaster", 3), (dataset.Reader, dataset.Count));
            var boxes = (BoxesAnswer)dataset.Samples[1].Reference;
            Assert.Equal(
                (new Box(10, 10, 30, 25.5), 1024, 1024),
                (boxes.Objects.Single().Box, (int)boxes.Frame.Width, (int)boxes.Frame.Height)
            );
            Assert.Contains("none of the images", Assert.Single(dataset.Problems).What);
        }
    }

    [Fact]
    public void COCO_captions_are_captions_and_RSVQA_images_are_no_COCO()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.jpg", 30, 20);
        folder.Text(
            "annotations/captions_val2014.json",
            """
            {"images": [{"id": 1, "file_name": "a.jpg", "height": 20, "width": 30}],
             "annotations": [{"image_id": 1, "id": 1, "caption": "A port."}, {"image_id": 1, "id": 2, "caption": "A harbour."}, {"image_id": 9, "id": 3, "caption": "?"}]}
            """
        );
        var dataset = EoDataset.Load(folder.Path);
        var sample = Assert.Single(dataset.Samples);
        Assert.Equal(("caption", "val", new TextAnswer("A port.")), (dataset.Reader, sample.Split, sample.Reference));
        Assert.Equal([new TextAnswer("A harbour.")], sample.OtherReferences);
        Assert.Contains("1 image ids", Assert.Single(dataset.Problems).What);
    }

    [Fact]
    public void RSVQA_is_not_read_twice_where_all_and_the_splits_lie_together()
    {
        using var folder = new TemporaryFolder();
        folder.Image("7.png", 8, 8);
        foreach (string part in new[] { "LR_split_val", "all" })
        {
            folder.Text(
                $"{part}_questions.json",
                """{"questions": [{"id": 0, "active": false}, {"id": 1, "img_id": 7, "type": "presence", "question": "Is a road there?", "answers_ids": [1], "active": true}]}"""
            );
            folder.Text($"{part}_answers.json", """{"answers": [{"id": 1, "question_id": 1, "answer": "yes", "active": true}]}""");
            folder.Text($"{part}_images.json", """{"images": [{"id": 7, "active": true}]}""");
        }
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("val", Assert.Single(dataset.Samples).Split);
        Assert.Empty(dataset.Problems);
        Assert.StartsWith("all_questions.json was left out", dataset.Notes[0]);
        Assert.Equal(1, EoDataset.Load(folder.File("all_questions.json")).Count);
    }

    [Theory]
    [InlineData("[{'from': 'human', 'value': '<image>\\nIs it the city\\'s \"port\"?'}, {'from': 'gpt', 'value': 'yes', 'box': None}]")]
    [InlineData("[{'from': 'human', 'value': \"<image>\\nIs it the city's \\\"port\\\"?\"}\n {'from': 'gpt', 'value': 'yes'}]")]
    [InlineData(
        "[{\"from\": \"human\", \"value\": \"<image>\\nIs it the city's \\\"port\\\"?\"}, {\"from\": \"gpt\", \"value\": \"yes\"}]"
    )]
    public void A_conversation_in_a_string_may_be_JSON_or_as_Python_prints_it(string conversation)
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 8, 8);
        folder.Text(
            "shard.jsonl",
            new System.Text.Json.Nodes.JsonObject { ["image"] = "a.png", ["conversations"] = conversation }.ToJsonString() + "\r\n"
        );
        var sample = Assert.Single(EoDataset.Load(folder.Path).Samples);
        Assert.Equal(("Is it the city's \"port\"?", new TextAnswer("yes")), (sample.Question, sample.Reference));
    }

    [Fact]
    public void FloodNet_masks_give_classes_and_flooded_buildings()
    {
        using var folder = new TemporaryFolder();
        folder.Image("train/train-org-img/7.jpg", 40, 30);
        folder.Image(
            "train/train-label-img/7_lab.png",
            40,
            30,
            (x, y) =>
                (byte)(
                    x < 10 && y < 10 ? 1
                    : x < 20 ? 3
                    : 9
                )
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(("floodnet", 2), (dataset.Reader, dataset.Count));
        Assert.Equal(["flooded building", "flooded road", "grass"], ((LabelsAnswer)dataset.Samples[0].Reference).Labels);
        Assert.Equal(new Box(0, 0, 10, 10), ((BoxesAnswer)dataset.Samples[1].Reference).Objects.Single().Box);
        Assert.Equal("train", dataset.Samples[1].Split);
    }

    [Theory]
    [InlineData("t.csv", "image_id,bbox,source\na,\"[10.0, 20.0, 30.0, 40.0]\",x\n")]
    [InlineData("t.csv", "a.jpg,10,20,40,60,ship\nb.jpg,,,,,\n")]
    [InlineData("t.jsonl", "{\"file_name\": \"a.jpg\", \"objects\": {\"bbox\": [[10, 20, 30, 40]], \"category\": [\"ship\"]}}\n")]
    public void A_table_may_have_its_box_in_one_cell_or_no_header(string file, string text)
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.jpg", 100, 80);
        folder.Image("b.jpg", 100, 80);
        folder.Text(file, text);
        var dataset = EoDataset.Load(folder.Path);
        Assert.Empty(dataset.Problems);
        Assert.Equal(new Box(10, 20, 40, 60), Assert.Single(dataset.Samples[0].Objects).Box);
    }

    [Theory]
    [InlineData(".txt", "A port.", EoTask.ImageCaption)]
    [InlineData(".cls", "3", EoTask.SceneClassification)]
    [InlineData(".json", "{\"question\": \"Is it?\", \"answer\": \"yes\"}", EoTask.VisualQuestionAnswering)]
    public void A_shard_of_WebDataset_is_read_packed(string ending, string text, EoTask task)
    {
        using var folder = new TemporaryFolder();
        folder.Image("x.jpg", 16, 16);
        byte[] jpeg = File.ReadAllBytes(folder.File("x.jpg"));
        string shard = folder.File("shards/000.tar");
        using (var tar = new TarWriter(File.Create(shard)))
            for (int i = 0; i < 2; i++)
                foreach (var (name, bytes) in new[] { ($"{i:000000}.jpg", jpeg), ($"{i:000000}{ending}", Encoding.UTF8.GetBytes(text)) })
                    tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        var dataset = EoDataset.Load(shard);
        Assert.Equal(("webdataset", 2), (dataset.Reader, dataset.Count));
        Assert.All(dataset.Samples, s => Assert.Equal((task, 16), (s.Task, s.Images.Single().Width)));
    }

    [Theory]
    [InlineData(
        "Annotations/A.XML",
        "<annotation><filename>A.JPG</filename><object><name>ship</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
    )]
    [InlineData("labels/A.TXT", "0 nan 0.5 0.2 0.2\r\n0 0.2 0.375 0.2 0.25\r\n0 0.5 0.5\r\n")]
    [InlineData("labelTxt/A.TXT", "10 20 30 20 30 40 10 40 ship 0\r\n")]
    [InlineData(
        "ANN.JSON",
        "{\"images\": [{\"id\": 1, \"file_name\": \"A.JPG\"}], \"annotations\": [{\"image_id\": 1, \"category_id\": 1, \"bbox\": [10, 20, 20, 20]}], \"categories\": [{\"id\": 1, \"name\": \"ship\"}]}"
    )]
    [InlineData(
        "T.JSONL",
        "{\"image\": \"A.JPG\", \"question\": \"where is the ship\", \"ground_truth\": [[[10, 20], [30, 20], [30, 40], [10, 40]]]}"
    )]
    public void Endings_in_capitals_are_endings_and_a_bad_line_loses_itself_alone(string file, string text)
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.jpg", 100, 80);
        folder.Copy(folder.File("a.jpg"), "images/A.JPG");
        File.Delete(folder.File("a.jpg"));
        folder.Text(file, text);
        var sample = EoDataset.Load(folder.Path).Samples[0];
        Assert.Equal(100, sample.Images.Single().Width);
        var box = Assert.Single(((BoxesAnswer)sample.Reference).Objects).Box;
        Assert.All(new[] { box.X1 - 10, box.Y1 - 20, box.X2 - 30, box.Y2 - 40 }, d => Assert.Equal(0, d, 6));
    }

    [Fact]
    public void GeoJSON_without_a_system_is_pixels_where_it_lies_in_the_picture()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.png", 100, 80);
        folder.Text(
            "geojson/buildings/a.geojson",
            """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"class": "Pond"}, "geometry": {"type": "Polygon", "coordinates": [[[10, 20], [30, 20], [30, 50], [10, 20]]]}}]}"""
        );
        var sample = EoDataset.Load(folder.Path).Samples[0];
        Assert.Equal(new Box(10, 20, 30, 50), Assert.Single(sample.Objects).Box);
        Assert.Single(sample.Images);
    }
}
