using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

public class CocoReaderTests
{
    [Fact]
    public void Vhr10_without_categories_gives_its_five_boxes()
    {
        var dataset = ReaderCatalogue.Load(SharedFolder.Require("eo-samples/coco/vhr10/NWPU_VHR-10_dataset"));
        Assert.Equal("coco", dataset.Reader);
        var all = dataset.OfTask(EoTask.ObjectDetection);
        Assert.Equal(5, all.Count);
        Assert.Equal(5, dataset.OfTask(EoTask.ReferredDetection).Count);
        Assert.Equal("detect all category 1s", all.Samples[0].Question);
        Assert.Equal(new Box(4, 4, 6, 6), ((BoxesAnswer)all.Samples[0].Reference).Objects[0].Box);
        Assert.Equal("positive_image_set/001.jpg", all.Samples[0].Attributes["file"]);
        Assert.Contains(dataset.Problems, p => p.Where == "annotations.json, categories");
    }

    [Fact]
    public void The_labelme_export_has_twelve_objects_in_three_images()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(SharedFolder.Require("eo-samples/coco/labelme-export/annotations.json"), "annotations.json");
        folder.Image("JPEGImages/2011_000003.jpg", 500, 338);
        folder.Image("JPEGImages/2011_000006.jpg", 500, 375);
        folder.Image("JPEGImages/2011_000025.jpg", 500, 375);
        var dataset = ReaderCatalogue.Load(folder.File("annotations.json"));
        var perImage = dataset.Samples.DistinctBy(s => s.Images[0].Name).Select(s => s.Objects.Count).ToList();
        Assert.Equal(3, perImage.Count);
        Assert.Equal(12, perImage.Sum());
        Assert.Contains(dataset.Samples, s => s.Question == "detect all persons");
    }

    [Theory]
    [InlineData("box-outside-image", 0, "outside")]
    [InlineData("box-partly-outside", 1, "border")]
    [InlineData("negative-size", 0, "no area")]
    [InlineData("zero-size", 0, "no area")]
    [InlineData("duplicate-annotation-ids", 1, "another annotation has this id")]
    [InlineData("duplicate-image-ids", 0, "2 images have this id")]
    [InlineData("annotation-unknown-image", 0, "999")]
    [InlineData("unknown-category", 1, "not in categories")]
    [InlineData("missing-image-file", 0, "does not exist")]
    [InlineData("nan-bbox", 0, "not a finite number")]
    [InlineData("string-numbers", 0, "remove the quotes")]
    [InlineData("path-traversal", 0, "leaves the dataset's folder")]
    [InlineData("utf8-bom", 1, null)]
    [InlineData("utf16", 1, null)]
    public void A_broken_record_is_reported_and_the_other_images_load(string name, int objectsInFirstImage, string? says)
    {
        using var folder = new TemporaryFolder();
        folder.Copy(SharedFolder.Require($"eo-samples/malformed/coco-{name}.json"), "annotations.json");
        for (int i = 1; i <= 5; i++)
            folder.Image($"images/00{i}.jpg", 8, 8);
        var dataset = ReaderCatalogue.Load(folder.Path);
        Assert.Equal(objectsInFirstImage > 0, dataset.Samples.Any(s => s.Images[0].Name == "001.jpg"));
        Assert.Contains(dataset.Samples, s => s.Images[0].Name == "003.jpg");
        if (says is null)
            Assert.Single(dataset.Problems); // that categories are missing
        else
            Assert.Contains(dataset.Problems, p => p.What.Contains(says));
    }

    [Theory]
    [InlineData("trailing-comma")]
    [InlineData("truncated")]
    public void Broken_JSON_is_an_error_with_the_position(string name)
    {
        var error = Assert.Throws<GeoVlmException>(() =>
            ReaderCatalogue.Load(SharedFolder.Require($"eo-samples/malformed/coco-{name}.json"), "coco")
        );
        Assert.Matches(@"not valid JSON at line \d+, byte \d+", error.Message);
    }

    [Fact]
    public void What_cannot_be_used_becomes_a_problem_with_file_and_record()
    {
        using var folder = new TemporaryFolder();
        folder.Image("NaN.png", 20, 20);
        folder.Image("whole.jpg", 64, 64, (x, y) => (byte)(x * y));
        byte[] jpeg = File.ReadAllBytes(folder.File("whole.jpg"));
        File.WriteAllBytes(folder.File("cut.jpg"), jpeg[..10]);
        folder.Text(
            "set.json",
            """
            {"images": [{"id": 1, "file_name": "NaN.png"}, {"id": 2, "file_name": "missing.png"}, {"id": 3, "file_name": "cut.jpg"},
                        {"id": 4, "file_name": "/etc/passwd"}, {"id": 5, "file_name": "a/../../x.png"}, {"id": "ü", "file_name": "C:\\x.png"}, 7],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [NaN, 1, 5, 5]}, {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, -Infinity]},
                             {"id": 3, "image_id": 1, "category_id": 1, "bbox": [2, 2, 5, 6]}, {"id": 4, "image_id": 1, "category_id": 1}, null],
             "categories": [{"id": 1, "name": "Fishing_Boat"}]}
            """
        );
        var dataset = ReaderCatalogue.Load(folder.Path);
        Assert.Equal(["detect all fishing boats", "detect the fishing boat"], dataset.Samples.Select(s => s.Question));
        Assert.Equal(new Box(2, 2, 7, 8), ((BoxesAnswer)dataset.Samples[0].Reference).Objects.Single().Box);
        string[] expected =
        [
            "set.json, image 2",
            "cut.jpg",
            "set.json, image 4",
            "set.json, image 5",
            "set.json, image ü",
            "set.json, images[6]",
            "set.json, annotations[0] (id 1)",
            "set.json, annotations[1] (id 2)",
            "set.json, annotations[3] (id 4)",
            "set.json, annotations[4]",
        ];
        Assert.Equal(expected.Order(), dataset.Problems.Select(p => p.Where).Order());
    }
}
