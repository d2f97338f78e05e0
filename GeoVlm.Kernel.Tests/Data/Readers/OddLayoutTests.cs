using GeoVlm.Data;
using GeoVlm.Data.Readers;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>What stranger's copies of known layouts do: names with commas, lists by path, labels in trees of their own.</summary>
public class OddLayoutTests
{
    [Theory]
    [InlineData("names: ['ship, large', \"storage-tank\"]")]
    [InlineData("names: {0: 'ship, large', 1: storage-tank}")]
    [InlineData("names:\n  0: 'ship, large'\n  1: storage-tank\n")]
    [InlineData("names:\r\n- 'ship, large'\r\n- storage-tank\r\n")]
    public void YOLO_classes_may_hold_commas_and_lists_of_paths_are_its_splits(string yaml)
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 3; i++)
        {
            folder.Image($"images/{i}.png", 40, 20);
            folder.Text($"labels/{i}.txt", $"{i % 2} 0.5 0.5 0.2 0.2\n");
        }
        folder.Text("data.yaml", "path: .\n" + yaml);
        folder.Text("train.txt", "./images/0.png\n/home/someone/set/images/1.png\n");
        folder.Text("val.txt", "images/2.png\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["ship, large", "storage tank"], dataset.Describe().Classes.Keys);
        Assert.Equal(
            ["train", "train", "val"],
            dataset.OfTask(EoTask.ObjectDetection).Samples.OrderBy(s => s.Id, StringComparer.Ordinal).Select(s => s.Split)
        );
    }

    [Fact]
    public void DOTA_classes_of_several_words_are_classes()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.png", 64, 64);
        folder.Text(
            "labelTxt/a.txt",
            "2 3 30 3 30 30 2 30 Small Car 1\n2 3 30 3 30 30 2 30 cargo truck\n2 3 30 3 30 30 2 30 9 9 9 9 ship 0\n"
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal([("small car", true), ("cargo truck", false)], dataset.Samples[0].Objects.Select(o => (o.Label, o.Difficult)));
        Assert.Equal([2, 3], dataset.Problems.Select(p => p.Line!.Value));
    }

    [Fact]
    public void Labelme_files_may_lie_in_a_tree_beside_the_images()
    {
        using var folder = new TemporaryFolder();
        foreach (string split in new[] { "train", "val" })
        {
            folder.Image($"images/{split}/{split}.png", 64, 64);
            folder.Text(
                $"labels/{split}/{split}.json",
                $$"""{"shapes": [{"label": "ship", "points": [[1, 1], [20, 20]], "shape_type": "rectangle"}], "imagePath": "..\\..\\images\\{{split}}.png"}"""
            );
        }
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(("labelme", 0), (dataset.Reader, dataset.Problems.Count));
        Assert.Equal(["train", "val"], dataset.Samples.Select(s => s.Split).Distinct());
    }

    [Fact]
    public void Equal_files_of_two_splits_are_two_splits()
    {
        using var folder = new TemporaryFolder();
        foreach (string split in new[] { "valid", "test" })
        {
            folder.Image($"{split}/a.png", 64, 64);
            folder.Text(
                $"{split}/_annotations.coco.json",
                """{"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}], "categories": [{"id": 1, "name": "ship"}]}"""
            );
        }
        var dataset = EoDataset.Load(folder.Path);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["test", "val"], dataset.Samples.Select(s => s.Split).Distinct());
    }

    [Fact]
    public void Masks_may_end_in_capitals_and_patches_lie_below_their_lists()
    {
        using var folder = new TemporaryFolder();
        folder.Image("pairs/A/1.png", 16, 16);
        folder.Image("pairs/B/1.jpg", 16, 16);
        folder.Image("pairs/label/1.PNG", 16, 16, (x, _) => (byte)(x < 8 ? 255 : 0));
        Assert.Single(EoDataset.Load(folder.File("pairs")).Samples.Single().Objects);

        folder.Image("patches/BigEarthNet-v1.0/S2A_1/S2A_1_B04.png", 12, 12);
        folder.Text("patches/BigEarthNet-v1.0/S2A_1/S2A_1_labels_metadata.json", """{"labels": ["Mixed forest"], "projection": "x"}""");
        folder.Text("patches/train.csv", "S2A_1\n");
        var patch = EoDataset.Load(folder.File("patches"));
        Assert.Equal(("multi-label", "train"), (patch.Reader, patch.Samples.Single().Split));
    }

    [Fact]
    public void RSIVQA_names_some_images_without_their_ending_and_counts_each_source_from_one()
    {
        using var folder = new TemporaryFolder();
        folder.Image("UCM/Images/1.tif", 16, 16);
        folder.Image("Sydney/Images/1.tif", 24, 24);
        folder.Image("DOTA/images/P0000.png", 32, 32);
        folder.Text("UCM/ucm_vqa.txt", "\uFEFF1.tif:What is the theme of this picture?farmland\r\n1.tif: Is it 1:2? no, it is not\r\n");
        folder.Text("Sydney/sydney_vqa.txt", "1.tif:what is the theme of this picture?river\n");
        folder.Text("DOTA/dota_train_vqa2.txt", "P0000: how many planes are there in this picture?21\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(("vqa", 4, 0), (dataset.Reader, dataset.Count, dataset.Problems.Count));
        Assert.Equal([32, 24, 16, 16], dataset.Samples.Select(s => s.Images.Single().Width));
        Assert.Equal(("train", new TextAnswer("21")), (dataset.Samples[0].Split, dataset.Samples[0].Reference));
        Assert.Equal(("Is it 1:2?", new TextAnswer("no, it is not")), (dataset.Samples[3].Question, dataset.Samples[3].Reference));
    }

    [Fact]
    public void A_limit_of_none_is_no_fault_of_the_files()
    {
        using var folder = new TemporaryFolder();
        folder.Image("beach/1.png", 16, 16);
        Assert.Empty(EoDataset.Load(folder.Path, options: new ReadOptions { Limit = 0 }).Problems);
    }
}
