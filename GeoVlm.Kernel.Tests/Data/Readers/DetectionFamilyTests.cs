using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Boxes in text, XML, COCO and labelme files.</summary>
public class DetectionFamilyTests
{
    [Theory]
    [InlineData("dota/real", "dota", 64, "large vehicle", null)]
    [InlineData("dota/real/labelTxt/P1888.txt", "dota", 64, "small vehicle", null)]
    [InlineData("dota/real/labelTxt/P0706.txt", "dota", 536, "ship", null)]
    [InlineData("dota/real/labelTxt/P2709.txt", "dota", 158, "storage tank", null)]
    [InlineData("dota/tile", "dota", 4, "plane", new[] { 398.0, 694, 465, 718 })]
    [InlineData("dota/torchgeo", "dota", 6, "ship", null)]
    [InlineData("dota/torchgeo/version1.0/P0001.txt", "dota", 2, "plane", new[] { 8.0, 10, 20, 20 })]
    [InlineData("voc-xml/dior", "voc", 8, "stadium", new[] { 5.0, 11, 17, 21 })]
    [InlineData("voc-xml/fair1m", "voc", 1, "liquid cargo ship", new[] { 0.0, 0, 1, 1 })]
    [InlineData("voc-xml/fair1m/labelXml/0.xml", "voc", 1, "liquid cargo ship", new[] { 0.0, 0, 1, 1 })]
    [InlineData("voc-xml/forestdamage", "voc", 2, "other", new[] { 8.0, 8, 24, 24 })]
    [InlineData("voc-xml/voc-labelme", "voc", 9, "person", new[] { 191.0, 107.36900369003689, 313, 329.36900369003695 })]
    [InlineData("labelme/bbox", "labelme", 9, "person", new[] { 191.0, 107.36900369003689, 313, 329.36900369003695 })]
    [InlineData("labelme/bbox/2011_000003.json", "labelme", 2, "person", new[] { 191.0, 107.36900369003689, 313, 329.36900369003695 })]
    [InlineData("labelme/primitives.json", "labelme", 7, "rectangle", new[] { 32.0, 35, 132, 135 })]
    [InlineData("labelme", "labelme", 19, "bus", null)]
    [InlineData("coco/vhr10", "coco", 5, "category 1", new[] { 4.0, 4, 6, 6 })]
    [InlineData("coco/soda", "coco", 27, "windmill", null)]
    [InlineData("coco/soda/train/00001.json", "coco", 4, null, new[] { 12.0, 17, 18, 25 })]
    [InlineData("coco/soda/soda/Annotations.zip", "coco", 27, "windmill", null)]
    [InlineData("coco/labelme-export", "coco", 12, "person", null)]
    [InlineData(
        "coco/results/instances_val2014_fakebbox100_results.json",
        "coco",
        734,
        "category 18",
        new[] { 258.15, 41.29, 606.41, 285.07 }
    )]
    [InlineData("coco/results/instances_val2014_fakesegm100_results.json", "coco", 734, "category 18", new[] { 259.0, 41, 606, 285 })]
    [InlineData("csv-boxes/everwatch", "csv", 10, "white ibis", null)]
    [InlineData("csv-boxes/everwatch/train.csv", "csv", 6, "white ibis", new[] { 5.0, 5, 32, 32 })]
    [InlineData("csv-boxes/reforestree", "csv", 10, "banana", new[] { 0.0, 0, 16, 16 })]
    public void A_sample_has_its_objects(string path, string reader, int count, string? label, double[]? first)
    {
        var objects = Truth.Objects(Truth.Load(path, reader));
        Assert.Equal(count, objects.Count);
        if (label is not null)
            Assert.Contains(objects, o => o.Label == label);
        if (first is null)
            return;
        var box = objects[0].Box;
        foreach (var (expected, found) in first.Zip([box.X1, box.Y1, box.X2, box.Y2]))
            Assert.Equal(expected, found, 6);
    }

    [Fact]
    public void Every_label_file_of_DOTA_agrees_with_the_truth()
    {
        int files = 0;
        foreach (var (path, facts) in Truth.Of("dota/").Where(f => f.Path.EndsWith(".txt")))
        {
            files++;
            var objects = Truth.Objects(Truth.Load(path, "dota"));
            Assert.Equal((path, facts.GetProperty("objects").GetInt32()), (path, objects.Count));
            Assert.Equal(facts.GetProperty("difficult").GetInt32(), objects.Count(o => o.Difficult));
            Assert.Equal(
                facts.GetProperty("classes").EnumerateObject().Select(c => (c.Name.Replace('-', ' '), c.Value.GetInt32())).Order(),
                objects.CountBy(o => o.Label).Select(c => (c.Key, c.Value)).Order()
            );
            if (objects.Count > 0)
                Assert.Equal(
                    facts.GetProperty("first").EnumerateArray().Take(8).Select(n => n.GetDouble()),
                    objects[0].Outline!.Points.SelectMany(p => new[] { p.X, p.Y })
                );
        }
        Assert.True(files >= 18, $"{files} files");
    }

    [Fact]
    public void Yolo_boxes_and_corners_become_pixels_of_their_image()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/train/a.png", 200, 100);
        folder.Text("labels/train/a.txt", "1 0.5 0.5 0.1 0.2\n0 0.1 0.1 0.3 0.1 0.3 0.2 0.1 0.2\nx 1\n");
        folder.Text("labels/val/b.txt", "0 0.5 0.5 0.1 nan\n");
        folder.Text("data.yaml", "path: .\nnames:\n  0: plane\n  1: Storage_Tank\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("yolo", dataset.Reader);
        var objects = dataset.Samples[0].Objects;
        Assert.Equal(["storage tank", "plane"], objects.Select(o => o.Label));
        Assert.Equal([90, 40, 110, 60], Rounded(objects[0].Box));
        Assert.Equal([20, 10, 60, 20], Rounded(objects[1].Box));
        Assert.NotNull(objects[1].Oriented);
        Assert.Equal("train", dataset.Samples[0].Split);
        Assert.Contains(dataset.Problems, p => p.Where == "labels/train/a.txt:3");
    }

    [Fact]
    public void Vhr10_text_reads_the_image_with_objects_not_its_namesake()
    {
        using var folder = new TemporaryFolder();
        folder.Image("positive image set/001.jpg", 600, 500);
        folder.Image("negative image set/001.jpg", 40, 40);
        folder.Text("ground truth/001.txt", "(563,478),(630,573),1 \n( 10, 20),(30,40),10\nnonsense\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("vhr10", dataset.Reader);
        Assert.Equal(
            [("airplane", new Box(563, 478, 630, 573)), ("vehicle", new Box(10, 20, 30, 40))],
            dataset.Samples[0].Objects.Select(o => (o.Label, o.Box))
        );
        Assert.Equal(600, dataset.Samples[0].Images[0].Width);
        Assert.Contains(dataset.Problems, p => p.Where == "ground truth/001.txt:3");
    }

    [Fact]
    public void Turned_boxes_of_DIOR_R_HRSC_and_outlines_of_COCO_are_kept()
    {
        using var folder = new TemporaryFolder();
        folder.Image("JPEGImages/a.png", 100, 100);
        folder.Text(
            "Annotations/a.xml",
            """
            <annotation><filename>a.png</filename><size><width>100</width><height>100</height></size>
            <object><name>ship</name><robndbox><x_left_top>10</x_left_top><y_left_top>10</y_left_top><x_right_top>30</x_right_top><y_right_top>20</y_right_top>
            <x_right_bottom>26</x_right_bottom><y_right_bottom>28</y_right_bottom><x_left_bottom>6</x_left_bottom><y_left_bottom>18</y_left_bottom></robndbox></object>
            <object><name>ship</name><mbox_cx>50</mbox_cx><mbox_cy>50</mbox_cy><mbox_w>20</mbox_w><mbox_h>10</mbox_h><mbox_ang>1.5707963267948966</mbox_ang></object></annotation>
            """
        );
        var ships = EoDataset.Load(folder.Path).Samples[0].Objects;
        Assert.Equal(new Box(6, 10, 30, 28), ships[0].Box);
        Assert.NotNull(ships[0].Oriented);
        Assert.Equal([45, 40, 55, 60], Rounded(ships[1].Box));

        using var coco = new TemporaryFolder();
        coco.Image("x.png", 6, 4);
        coco.Text(
            "train.json",
            """
            {"images": [{"id": 1, "file_name": "x.png", "width": 6, "height": 4}], "categories": [{"id": 1, "name": "pond"}], "annotations": [
             {"id": 1, "image_id": 1, "category_id": 1, "segmentation": {"size": [4, 6], "counts": [5, 2, 2, 2, 13]}},
             {"id": 2, "image_id": 1, "category_id": 1, "segmentation": [[1, 1, 3, 1, 3, 3]]},
             {"id": 3, "image_id": 1, "category_id": 1, "segmentation": {"size": [4, 6], "counts": [5, 2]}}]}
            """
        );
        var dataset = EoDataset.Load(coco.Path);
        var ponds = dataset.Samples[0].Objects;
        Assert.Equal([new Box(1, 1, 3, 3), new Box(1, 1, 3, 3)], ponds.Select(p => p.Box)); // rows 1 and 2 of columns 1 and 2
        Assert.Equal(3, ponds[1].Outline!.Points.Count);
        Assert.Contains(dataset.Problems, p => p.What.Contains("run lengths"));
        Assert.Equal("train", dataset.Samples[0].Split);
    }

    [Fact]
    public void Run_lengths_as_text_are_those_of_cocoapi()
    {
        // 6 x 6 with a 2 x 2 block at (2, 2), as maskApi writes it: runs 14 2 4 2 14.
        Assert.Equal([14, 2, 4, 2, 14], RunLengths.Parse(">240:"));
        Assert.Equal(4, RunLengths.Area([14, 2, 4, 2, 14]));
        Assert.Equal(new Box(2, 2, 4, 4), RunLengths.Bounds([14, 2, 4, 2, 14], 6, 6));
        Assert.Null(RunLengths.Bounds([14, 2, 4, 2, 999], 6, 6));
        Assert.Null(RunLengths.Parse("\u007f"));
    }

    [Fact]
    public void A_box_past_the_border_is_kept_as_written_and_one_outside_is_left_out()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.png", 20, 20);
        folder.Text("labelTxt/a.txt", "-2 5 10 5 10 15 -2 15 ship 0\n40 40 50 40 50 50 40 50 ship 0\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(new Box(-2, 5, 10, 15), Assert.Single(dataset.Samples[0].Objects).Box);
        Assert.Equal(2, dataset.Problems.Count);
    }

    [Fact]
    public void Two_datasets_in_one_folder_are_told()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.png", 20, 20);
        folder.Text("labelTxt/a.txt", "2 5 10 5 10 15 2 15 ship 0\n");
        folder.Text("chat.jsonl", """{"image": "a.png", "question": "what is this?", "answer": "a ship"}""");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("dota", dataset.Reader);
        Assert.Contains("instruction too (chat.jsonl", Assert.Single(dataset.Problems).What);
        Assert.Equal("a ship", ((TextAnswer)EoDataset.Load(folder.Path, "instruction").Samples[0].Reference).Text);
    }

    private static int[] Rounded(Box box) =>
        [(int)Math.Round(box.X1), (int)Math.Round(box.Y1), (int)Math.Round(box.X2), (int)Math.Round(box.Y2)];
}
