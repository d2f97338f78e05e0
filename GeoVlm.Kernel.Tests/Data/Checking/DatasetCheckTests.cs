using GeoVlm.Data;
using GeoVlm.Data.Checking;
using GeoVlm.Data.Geometry;
using GeoVlm.Tests.Data.Readers;

namespace GeoVlm.Tests.Data.Checking;

public class DatasetCheckTests
{
    private static readonly CoordinateFrame frame = CoordinateFrame.Original(64, 64);

    [Fact]
    public void Every_kind_of_fault_is_found_and_a_sound_dataset_is_clean()
    {
        var first = Picture(1);
        var brighter = first with { Pixels = [.. first.Pixels.Select(p => (byte)Math.Min(255, p + 3))] };
        Sample[] samples =
        [
            Ask("same-train", "train", first),
            Ask("same-test", "test", first with { Pixels = [.. first.Pixels] }),
            Ask("near-val", "val", brighter),
            Ask("other", "train", Picture(2)),
            Ask("empty", "train", Picture(3)) with
            {
                Reference = new TextAnswer(" "),
            },
            Ask("outside", "train", Picture(4)) with
            {
                Reference = new BoxesAnswer([new(new Box(10, 10, 90, 20))], frame),
            },
            Ask("inverted", "train", Picture(5)) with
            {
                Reference = new BoxesAnswer([new(new Box(30, 10, 20, 20))], frame),
            },
            Ask("pair", "train", Picture(6)) with
            {
                Images = [GeoImage.FromMemory("a", Picture(7)), GeoImage.FromMemory("b", new RgbImage(32, 64))],
            },
            .. Enumerable
                .Range(0, 41)
                .Select(i =>
                    Ask($"class{i}", "train", Picture(20 + i)) with
                    {
                        Task = EoTask.SceneClassification,
                        Reference = new TextAnswer(i == 0 ? "rare" : "common"),
                    }
                ),
        ];
        var check = new EoDataset("faulty", "made", samples, []).Check();
        Assert.False(check.IsClean);
        Assert.Equal(["same-train", "same-test"], Of("leakage"));
        Assert.Contains("near-val", Of("near-duplicate"));
        Assert.Equal(["empty"], Of("empty-answer"));
        Assert.Equal(["outside"], Of("box-outside"));
        Assert.Equal(["inverted"], Of("box-degenerate"));
        Assert.Equal(["pair"], Of("pair-size"));
        Assert.Contains("rare 1", check.Findings.Single(f => f.Kind == "imbalance").What);

        Assert.Empty(new EoDataset("sound", "made", [Ask("a", "train", Picture(8)), Ask("b", "test", Picture(9))], []).Check().Findings);

        IEnumerable<string> Of(string kind) => check.Findings.Single(f => f.Kind == kind).Samples.Select(s => s.Id);
    }

    [Fact]
    public void A_file_asked_about_in_two_splits_is_a_leak_and_images_that_were_not_compared_are_counted()
    {
        var shared = GeoImage.FromMemory("a", Picture(1));
        Sample[] samples =
        [
            Ask("one", "train", Picture(2)) with
            {
                Images = [shared],
            },
            Ask("two", "test", Picture(2)) with
            {
                Images = [shared],
            },
            Ask("three", "test", Picture(3)),
            Ask("four", "test", Picture(4)) with
            {
                Images = [new GeoImage("x", 4, 4, () => throw new GeoVlmException("x: damaged"))],
            },
        ];
        var all = new EoDataset("leaky", "made", samples, []).Check();
        Assert.Equal(["unreadable-image", "leakage"], all.Findings.Select(f => f.Kind));
        Assert.Contains("1 pair", all.Findings[1].What);
        Assert.Equal(2, all.Images);
        var first = new EoDataset("leaky", "made", samples, []).Check(new CheckOptions { Images = 1 });
        Assert.Contains("2 images were not", first.Findings.Single(f => f.Kind == "not-compared").What);
    }

    [Fact]
    public void What_the_reader_left_out_is_found_too()
    {
        using var folder = new TemporaryFolder();
        folder.Image("coco/a.png", 64, 64);
        folder.Text(
            "coco/train.json",
            """
            {"images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 64}], "categories": [{"id": 1, "name": "ship"}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [5, 5, 0, 9]}, {"id": 2, "image_id": 1, "category_id": 1, "bbox": [99, 99, 5, 5]},
              {"id": 3, "image_id": 1, "category_id": 1, "bbox": [5, 5, 9, 9]}]}
            """
        );
        Assert.Equal(["box-degenerate", "box-outside"], Kinds("coco"));

        foreach (string date in new[] { "A", "B", "label" })
        {
            folder.Image($"pairs/{date}/1.png", date == "B" ? 16 : 32, 32);
            if (date != "label")
                folder.Image($"pairs/{date}/2.png", 32, 32);
        }
        Assert.Equal(["no-samples", "pair-missing", "pair-size"], Kinds("pairs"));

        folder.Image("chat/a.png", 64, 64);
        folder.Text(
            "chat/train.jsonl",
            """
            {"image": "a.png", "conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": ""}]}
            {"image": "b.png", "conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": "yes"}]}
            {"image": "a.png", "conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": "yes"}]}
            """
        );
        Assert.Equal(["empty-answer", "missing-image"], Kinds("chat"));

        folder.Text("cut/images/a.png", "no picture");
        folder.Text("cut/labelTxt/a.txt", "2 5 10 5 10 15 2 15 ship 0\n");
        Assert.Equal(["no-samples", "unreadable-image"], Kinds("cut"));

        IEnumerable<string> Kinds(string name) =>
            EoDataset.Load(Path.Combine(folder.Path, name)).Check().Findings.Select(f => f.Kind).Order();
    }

    private static Sample Ask(string id, string split, RgbImage image) =>
        new(id, EoTask.VisualQuestionAnswering, [GeoImage.FromMemory(id, image)], "is it ?", new TextAnswer("yes")) { Split = split };

    // Blocks of 8 x 8 pixels of seeded greys.
    private static RgbImage Picture(int seed)
    {
        var image = new RgbImage(64, 64);
        for (int i = 0; i < 64 * 64; i++)
        {
            byte grey = (byte)(Seed.Derive((ulong)seed, "block", i % 64 / 8, i / 64 / 8) % 240);
            image.Pixels.AsSpan(3 * i, 3).Fill(grey);
        }
        return image;
    }
}
