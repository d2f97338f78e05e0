using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;
using GeoVlm.Data.Saving;
using GeoVlm.Data.Synthetic;
using GeoVlm.Tests.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Saving;

public class SaveTests
{
    [Theory]
    [InlineData(SaveFormat.Parquet)]
    [InlineData(SaveFormat.Jsonl)]
    public void What_is_saved_loads_again_the_same_pixels_included(SaveFormat format)
    {
        using var folder = new TemporaryFolder();
        var mask = new Mask(4, 2, [false, true, true, false, true, false, false, true]);
        var turned = new LabelledBox(new Box(1, 1, 9.5, 7), "a \"ship\", moored")
        {
            Oriented = new OrientedBox(5, 4, 6.25, 3, 30),
            Outline = new Polygon([(1, 1), (9.5, 1), (9.5, 7)]),
            Difficult = true,
        };
        var image = GeoImage.FromMemory("../odd <name>.png", new RgbImage(4, 2, [.. Enumerable.Range(0, 24).Select(i => (byte)(i * 10))]));
        Sample[] odd =
        [
            new("one", EoTask.OrientedDetection, [image, image], "where ?\n</s>", new BoxesAnswer([turned], CoordinateFrame.Thousandths))
            {
                Objects = [turned],
                Split = "test",
                Reasoning = "because",
                ChangeMask = mask,
                Attributes = new Dictionary<string, string> { ["sensor"] = "S2" },
            },
            new("two", EoTask.ImageCaption, [image], "describe", new TextAnswer("été, 東京"))
            {
                OtherReferences = [new TextAnswer("b"), new TextAnswer("c")],
                Split = "test",
            },
            new(
                "three",
                EoTask.GroundedCaption,
                [image],
                "describe",
                new GroundedTextAnswer("a ship", new BoxesAnswer([turned], CoordinateFrame.Percent))
            )
            {
                Split = "val",
            },
            new("four", EoTask.MultiLabelClassification, [image], "list", new LabelsAnswer(["x, y", "z"])) { Split = "val" },
        ];
        var synthetic = SyntheticDataset.Create(new SyntheticOptions { Count = 14 });
        var dataset = new EoDataset("mixed", "made", [.. synthetic.Samples, .. odd], []) { Licence = "CC0" };

        var saved = dataset.Save(folder.File("out"), format, TestContext.Current.CancellationToken);
        Assert.Contains("| licence | CC0 |", File.ReadAllText(Path.Combine(saved.Folder, "README.md")));
        var loaded = EoDataset.Load(saved.Folder);
        Assert.Equal(("geovlm", "CC0", 0), (loaded.Reader, loaded.Licence, loaded.Problems.Count));
        var byId = loaded.Samples.ToDictionary(s => s.Id);
        Assert.Equal(dataset.Count, byId.Count);
        foreach (var expected in dataset.Samples)
        {
            var found = byId[expected.Id];
            Assert.Equal(SavedSample.Of(expected).Write(), SavedSample.Of(found).Write());
            Assert.Equal(
                expected.Images.Select(i => Convert.ToHexString(i.Load().Pixels)),
                found.Images.Select(i => Convert.ToHexString(i.Load().Pixels))
            );
        }
        Assert.Throws<GeoVlmException>(() => dataset.Save(saved.Folder, format, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(SaveFormat.Parquet)]
    [InlineData(SaveFormat.Jsonl)]
    public void Samples_that_share_an_image_share_it_again_at_its_scale(SaveFormat format)
    {
        using var folder = new TemporaryFolder();
        var image = GeoImage.FromMemory("a.png", new RgbImage(4, 4), groundSampleDistanceMetres: 0.5);
        var dataset = new EoDataset(
            "two",
            "made",
            [
                new("one", EoTask.ImageCaption, [image], "?", new TextAnswer("a")) { Split = "train" },
                new("two", EoTask.ImageCaption, [image], "?", new TextAnswer("b")) { Split = "test" },
            ],
            []
        );
        dataset.Save(folder.File("out"), format, TestContext.Current.CancellationToken);
        var loaded = EoDataset.Load(folder.File("out"));
        Assert.Null(loaded.Licence);
        Assert.Same(loaded.Samples[0].Images.Single(), loaded.Samples[1].Images.Single());
        Assert.Equal(0.5, loaded.Samples[0].Images.Single().GroundSampleDistanceMetres);
    }

    [Theory]
    [InlineData(SaveFormat.Parquet)]
    [InlineData(SaveFormat.Jsonl)]
    public void Every_task_and_every_kind_of_answer_comes_back(SaveFormat format)
    {
        EoTask[] tasks = Enum.GetValues<EoTask>();
        var synthetic = SyntheticDataset.Create(new SyntheticOptions { Count = tasks.Length, Tasks = tasks });
        Assert.Equal(tasks.Order(), synthetic.Samples.Select(s => s.Task).Distinct().Order());
        var first = synthetic.Samples[0];
        var dataset = synthetic with
        {
            Samples =
            [
                .. synthetic.Samples,
                first with
                {
                    Id = "mask",
                    Reference = new MaskAnswer(new Mask(2, 2, [true, false, false, true])),
                },
                first with
                {
                    Id = "points",
                    Reference = new PointsAnswer([(1.5, 2), (3, 4)], CoordinateFrame.Percent),
                },
                first with
                {
                    Id = "none",
                    Reference = new BoxesAnswer([], CoordinateFrame.Original(8, 8)),
                },
            ],
        };
        SaveAndCompare(dataset, format);
    }

    [Theory]
    [InlineData("dota/real")]
    [InlineData("voc-xml/dior")]
    [InlineData("coco/vhr10")]
    [InlineData("change-pair/levircd")]
    [InlineData("change-pair/xview2")]
    [InlineData("scene-folder/eurosat")]
    [InlineData("multilabel/bigearthnet")]
    [InlineData("hf-made")]
    [InlineData("caption/rsicd")]
    [InlineData("vlm-results/earthdial")]
    public void A_set_of_each_family_comes_back_with_where_its_pixels_lie(string path)
    {
        var dataset = EoDataset.Load(SharedFolder.Require("eo-samples/" + path), options: new ReadOptions { Limit = 60 });
        Assert.NotEmpty(dataset.Samples);
        SaveAndCompare(dataset.Where(s => s.Images.All(i => i.Problem is null)), SaveFormat.Parquet);
        if (path != "scene-folder/eurosat")
            return;
        var image = dataset.Samples[0].Images[0];
        Assert.Equal("EPSG:32635", image.Georeference!.Crs);
        Assert.StartsWith("bands 4, 3, 2 of 13", image.Rendition);
    }

    private static void SaveAndCompare(EoDataset dataset, SaveFormat format)
    {
        using var folder = new TemporaryFolder();
        dataset.Save(folder.File("out"), format, TestContext.Current.CancellationToken);
        var loaded = EoDataset.Load(folder.File("out"));
        Assert.Empty(loaded.Problems);
        var (before, after) = (dataset.Describe(), loaded.Describe());
        Assert.Equal((before.Objects, before.Images.Count), (after.Objects, after.Images.Count));
        Assert.Equal(before.Classes, after.Classes);
        // A row each, in the order of the splits.
        Assert.Equal(
            dataset.Samples.Select(Written).Order(StringComparer.Ordinal),
            loaded.Samples.Select(Written).Order(StringComparer.Ordinal)
        );

        // All of the sample: boxes with frames, masks, splits, and of images the name, scale, bands and place.
        static string Written(Sample sample) => SavedSample.Of(sample).Write();
    }

    [Fact]
    public void What_cannot_be_saved_says_why_and_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        folder.Text("file", "x");
        var sound = SyntheticDataset.Create(new SyntheticOptions { Count = 1 });
        var broken = new GeoImage("b.png", 4, 4, () => throw new GeoVlmException("b.png: damaged"));
        var faulty = sound with { Samples = [.. sound.Samples, sound.Samples[0] with { Images = [broken] }] };
        Assert.Contains("is a file", Refused(sound, "file"));
        Assert.Contains("cannot be written", Refused(sound, "file/out"));
        Assert.Contains("the dataset's own folder", Refused(sound with { Source = folder.Path + "/" }, "./set/copy"));
        Assert.Contains("b.png: damaged", Refused(faulty, "out"));
        Assert.False(Directory.Exists(folder.File("out")));
        Assert.Contains("train.json: cut", Refused(sound with { Samples = [], Problems = [new("train.json", "cut")] }, "out"));

        string Refused(EoDataset dataset, string name) =>
            Assert
                .Throws<GeoVlmException>(() =>
                    dataset.Save(Path.Combine(folder.Path, name), SaveFormat.Jsonl, TestContext.Current.CancellationToken)
                )
                .Message;
    }

    [Fact]
    public void A_hostile_or_broken_row_is_reported_and_the_rest_loads()
    {
        using var folder = new TemporaryFolder();
        SyntheticDataset
            .Create(new SyntheticOptions { Count = 3 })
            .Save(folder.File("out"), SaveFormat.Jsonl, TestContext.Current.CancellationToken);
        string file = folder.File("out/all.jsonl");
        if (!File.Exists(file))
            file = folder.File("out/train.jsonl");
        string[] lines = File.ReadAllLines(file);
        File.WriteAllLines(
            file,
            [lines[0], lines[1].Replace("images/", "../../images/"), lines[2].Replace("\"geovlm\":\"", "\"geovlm\":\"?")]
        );
        var loaded = EoDataset.Load(folder.File("out"));
        Assert.Equal(1, loaded.Count);
        Assert.Equal([2, 3], loaded.Problems.Select(p => p.Line!.Value).Order());
    }
}
