using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>An image in which the source says there is nothing is a sample with no box; one whose boxes cannot be used is none.</summary>
public class EmptyImageTests
{
    private const string Coco =
        """{"images": [{"id": 0, "file_name": "a.png", "width": 64, "height": 64}, {"id": 1, "file_name": "b.png", "width": 64, "height": 64}], "categories": [{"id": 1, "name": "ship"}], "annotations": [{"id": 1, "image_id": 0, "category_id": 1, "bbox": [5, 5, 9, 9]}""";

    public static TheoryData<string, string[], (string Name, string Text)[]> Layouts =>
        new()
        {
            {
                "dota",
                ["images/a.png", "images/b.png"],
                [("labelTxt/a.txt", "5 5 14 5 14 14 5 14 ship 0\n"), ("labelTxt/b.txt", "gsd:0.3\n")]
            },
            { "yolo", ["images/a.png", "images/b.png"], [("labels/a.txt", "0 0.15 0.15 0.14 0.14\n"), ("labels/b.txt", "")] },
            { "yolo", ["images/train/a.png", "images/train/b.png"], [("labels/train/a.txt", "0 0.15 0.15 0.14 0.14\n")] },
            { "voc", ["JPEGImages/a.png", "JPEGImages/b.png"], [("Annotations/a.xml", Voc("a", 14)), ("Annotations/b.xml", Voc("b", 0))] },
            { "coco", ["a.png", "b.png"], [("train.json", Coco + "]}")] },
            { "labelme", ["a.png", "b.png"], [("a.json", Labelme("a", 14)), ("b.json", Labelme("b", 0))] },
            { "vhr10", ["positive image set/a.png", "negative image set/a.png"], [("ground truth/a.txt", "(5,5),(14,14),2\n")] },
            { "ucas-aod", ["CAR/a.png", "Neg/a.png"], [("CAR/a.txt", "5\t5\t14\t5\t14\t14\t5\t14\t0\t5\t5\t9\t9\n")] },
            { "csv", ["a.png", "b.png"], [("train.csv", "image,xmin,ymin,xmax,ymax,label\na.png,5,5,14,14,ship\nb.png,,,,,\n")] },
        };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void It_is_asked_about_and_has_no_box(string reader, string[] images, (string Name, string Text)[] files)
    {
        using var folder = new TemporaryFolder();
        foreach (string image in images)
            folder.Image(image, 64, 64);
        foreach (var (name, text) in files)
            folder.Text(name, text);
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(reader, dataset.Reader);
        var empty = Assert.Single(dataset.Samples, s => s.Objects.Count == 0);
        Assert.Equal((EoTask.ObjectDetection, "detect all objects"), (empty.Task, empty.Question));
        Assert.Empty(((BoxesAnswer)empty.Reference).Objects);
        Assert.Equal(CoordinateFrame.Original(64, 64), ((BoxesAnswer)empty.Reference).Frame);
        Assert.Contains(dataset.Samples, s => s.Objects is [{ Box: { X1: > 4.9 and < 5.6, Y2: > 12.9 and < 14.1 } }]);
        Assert.DoesNotContain(dataset.Check().Findings, f => f.Kind == "empty-answer");
    }

    [Fact]
    public void A_broken_box_is_no_statement_that_nothing_is_there()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 64, 64);
        folder.Image("b.png", 64, 64);
        folder.Text("train.json", Coco + """, {"id": 2, "image_id": 1, "category_id": 1, "bbox": [5, 5, 0, 9]}]}""");
        var dataset = EoDataset.Load(folder.Path);
        Assert.All(dataset.Samples, s => Assert.Single(s.Objects));
        Assert.Equal(ProblemKind.BoxUnusable, Assert.Single(dataset.Problems).Kind);
    }

    [Fact]
    public void A_file_without_any_annotation_says_nothing_of_its_images()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 64, 64);
        folder.Text(
            "test.json",
            """{"images": [{"id": 0, "file_name": "a.png", "width": 64, "height": 64}], "categories": [{"id": 1, "name": "ship"}], "annotations": []}"""
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(0, dataset.Count);
        Assert.Contains("test server", Assert.Single(dataset.Problems).What);
    }

    private static string Voc(string stem, int side) =>
        $"<annotation><filename>{stem}.png</filename><size><width>64</width><height>64</height></size>"
        + (
            side > 0
                ? $"<object><name>ship</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>{side}</xmax><ymax>{side}</ymax></bndbox></object>"
                : ""
        )
        + "</annotation>";

    private static string Labelme(string stem, int side) =>
        $$"""{"shapes": [{{(side > 0 ? $$"""{"label": "ship", "points": [[5, 5], [{{side}}, {{side}}]], "shape_type": "rectangle"}""" : "")}}], "imagePath": "{{stem}}.png", "imageHeight": 64, "imageWidth": 64}""";
}
