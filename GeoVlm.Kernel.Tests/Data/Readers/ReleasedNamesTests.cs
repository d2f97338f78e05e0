using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Data.Rows;
using Parquet;
using Parquet.Serialization;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Datasets in the folders and under the names that public loaders expect of them.</summary>
public class ReleasedNamesTests
{
    [Fact]
    public void Dubai_CC_is_pairs_of_tiles_of_2000_and_2010()
    {
        const string root = "DubaiCC500impair/datasetDubaiCCPublic";
        using var folder = new TemporaryFolder();
        foreach (string bands in new[] { "MS", "RGB" })
        foreach (var (year, side) in new[] { (2000, 50), (2010, 51) })
        foreach (string tile in new[] { "1", "2" })
            folder.Image($"{root}/imgs_tiles/{bands}/500_{year}/{tile}.png", side + (bands == "MS" ? 10 : 0), 50);
        folder.Image($"{root}/imgs_tiles/RGB/500_2000/3.png", 50, 50);
        foreach (var (split, tiles) in new[] { ("Train", "1,3"), ("Validation", "2") })
            folder.Text(
                $"{root}/description_jsontr_te_val/{split}_Dubai_CC.json",
                $$"""{"images": [{{string.Join(
                    ", ",
                    tiles.Split(',').Select(tile =>
                        $$"""{"filename": "{{tile}}.png", "imgid": 0, "sentences": [{"raw": "A road appeared ."}, {"raw": "Roads ."}]}"""
                    )
                )}}], "dataset": "Dubai"}"""
            );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(
            ("caption", "train 50 51, val 50 51"),
            (dataset.Reader, string.Join(", ", dataset.Samples.Select(s => $"{s.Split} {s.Images[0].Width} {s.Images[1].Width}")))
        );
        Assert.All(
            dataset.Samples,
            s =>
                Assert.Equal((EoTask.ChangeCaption, new TextAnswer("A road appeared ."), 1), (s.Task, s.Reference, s.OtherReferences.Count))
        );
        var problem = Assert.Single(dataset.Problems);
        Assert.Equal((ProblemKind.MissingImage, "description_jsontr_te_val/Train_Dubai_CC.json"), (problem.Kind, problem.File));
        Assert.Contains("RGB/500_2010/3.png", problem.What);
    }

    [Fact]
    public void LEVIR_MCI_has_captions_and_the_mask_of_each_pair()
    {
        using var folder = new TemporaryFolder();
        foreach (string split in new[] { "train", "val" })
        {
            foreach (string date in new[] { "A", "B" })
                folder.Image($"LEVIR-MCI-dataset/images/{split}/{date}/{split}_000001.png", 32, 32);
            // 128 is a road, 255 a building.
            folder.Image(
                $"LEVIR-MCI-dataset/images/{split}/label/{split}_000001.png",
                32,
                32,
                (x, y) =>
                    (byte)(
                        x < 4 ? 128
                        : y < 2 ? 255
                        : 0
                    )
            );
        }
        folder.Text(
            "LEVIR-MCI-dataset/LevirCCcaptions.json",
            """
            {"images": [{"filepath": "train", "filename": "train_000001.png", "imgid": 0, "split": "train", "changeflag": 1, "sentences": [{"raw": " a road ."}]},
             {"filepath": "val", "filename": "val_000001.png", "imgid": 1, "split": "val", "changeflag": 1, "sentences": [{"raw": " a house ."}]}], "dataset": "LEVIR_CC"}
            """
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["train/train_000001.png", "val/val_000001.png"], dataset.Samples.Select(s => s.Id));
        Assert.All(dataset.Samples, s => Assert.Equal((EoTask.ChangeCaption, 2, 32), (s.Task, s.Images.Count, s.ChangeMask!.Width)));
    }

    [Fact]
    public async Task BigEarthNet_v2_finds_the_bands_of_each_patch_and_leaves_out_what_its_source_excludes()
    {
        const string tile = "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP",
            patch = $"{tile}_26_57",
            radar = "S1A_IW_GRDH_1SDV_20170613T165043_33UUP_61_39";
        using var folder = new TemporaryFolder();
        foreach (var (band, side) in new[] { ("B01", 2), ("B02", 12), ("B03", 12), ("B04", 12), ("B05", 6), ("B8A", 6) })
            folder.Copy(Tiff(folder, side), $"BigEarthNet-S2/{tile}/{patch}/{patch}_{band}.tif");
        foreach (string band in new[] { "VV", "VH" })
            folder.Copy(Tiff(folder, 12), $"BigEarthNet-S1/S1A_IW_GRDH_1SDV_20170613T165043/{radar}/{radar}_{band}.tif");
        folder.Copy(Tiff(folder, 12), $"Reference_Maps/{tile}/{patch}/{patch}_reference_map.tif");
        File.Delete(folder.File("scratch.tif"));
        var row = new Patch
        {
            patch_id = patch,
            labels = ["Arable land", "Beaches, dunes, sands"],
            s1_name = radar,
        };
        await Write(folder, "metadata.parquet", row);
        await Write(
            folder,
            "metadata_for_patches_with_snow_cloud_or_shadow.parquet",
            new Patch { patch_id = $"{tile}_1_1", labels = ["Pastures"] }
        );
        var dataset = EoDataset.Load(folder.Path);
        var sample = Assert.Single(dataset.Samples);
        Assert.Empty(dataset.Problems);
        Assert.Equal((patch, "val", 12), (sample.Id, sample.Split, sample.Images.Single().Width));
        Assert.Equal(["Arable land", "Beaches, dunes, sands"], ((LabelsAnswer)sample.Reference).Labels);
        Assert.Equal((radar, "Austria"), (sample.Attributes["s1_name"], sample.Attributes["country"]));
        Assert.Contains("left out", Assert.Single(dataset.Notes));
        var excluded = EoDataset.Load(folder.File("metadata_for_patches_with_snow_cloud_or_shadow.parquet"));
        Assert.Equal(["Pastures"], ((LabelsAnswer)excluded.Samples.Single().Reference).Labels);
    }

    [Fact]
    public async Task EarthDials_texts_lose_the_quotation_marks_that_they_are_stored_with()
    {
        using var folder = new TemporaryFolder();
        folder.Image("p.png", 40, 20);
        folder.Text("GeoChat_refer_test/state.json", """{"_data_files": [{"filename": "data-00000-of-00001.parquet"}], "_split": null}""");
        await Write(
            folder,
            "GeoChat_refer_test/data-00000-of-00001.parquet",
            new Shard
            {
                jpg = new ParquetTableTests.Picture { bytes = File.ReadAllBytes(folder.File("p.png")), path = "p.png" },
                question = "\"[refer] [hr_rgb_0.5] <image> \\\\n Give me the location of <ref>the \\\"big\\\" ship</ref>\"",
                groundtruth = "\"[[50, 50, 75, 100, 0]]\"",
                size_group = "\"small\"",
            }
        );
        File.Delete(folder.File("p.png"));
        var sample = Assert.Single(EoDataset.Load(folder.File("GeoChat_refer_test")).Samples);
        Assert.Equal(("test", "small", 40), (sample.Split, sample.Attributes["size_group"], sample.Images.Single().Width));
        Assert.DoesNotContain("\\", sample.Question);
        Assert.StartsWith("[refer]", sample.Question);
        Assert.Contains("the \"big\" ship", sample.Question);
        var answer = (BoxesAnswer)sample.Reference;
        Assert.Equal((CoordinateFrame.Percent, new Box(50, 50, 75, 100)), (answer.Frame, answer.Objects.Single().Box));
    }

    [Theory]
    [InlineData("{\"image\": \"a.png\", \"question\": \"What is written?\", \"answer\": \"\\\"STOP\\\"\"}", "\"STOP\"")]
    [InlineData("{\"image\": \"a.png\", \"question\": \"\\\"What\\\" or \\\"who\\\"\", \"answer\": \"\\\"who\\\"\"}", "\"who\"")]
    [InlineData("{\"image\": \"a.png\", \"question\": \"\\\"What is written?\\\"\", \"answer\": \"STOP\"}", "STOP")]
    public void An_answer_that_quotes_keeps_its_marks(string line, string answer)
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 8, 8);
        folder.Text("data.jsonl", line);
        Assert.Equal(new TextAnswer(answer), EoDataset.Load(folder.Path).Samples.Single().Reference);
    }

    [Fact]
    public void QFabric_counts_its_dates_by_d1_to_d5_and_its_crops_are_the_images_of_a_chat()
    {
        using var place = new TemporaryFolder();
        // Month, day, year: their order as names is not that of time.
        foreach (var (date, day) in new[] { (1, "12262015"), (2, "11022016"), (3, "03152017"), (4, "02012018"), (5, "01302019") })
            place.Image($"images/300.d{date}.{day}.png", 60 + date, 60);
        place.Text(
            "labels/300.geojson",
            """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"change_type": "Road"}, "geometry": {"type": "Polygon", "coordinates": [[[5, 6], [30, 6], [30, 40], [5, 6]]]}}]}"""
        );
        Assert.Equal([61, 65], EoDataset.Load(place.Path).Samples.Single().Images.Select(i => i.Width));

        using var crops = new TemporaryFolder();
        foreach (string crop in new[] { "300.d2.11022016_256_4096", "300.d4.02012018_256_4096" })
            crops.Image($"QFabric/{crop}.png", 16, 16);
        crops.Text(
            "QFabric_RQA2.json",
            """
            [{"id": "1", "video": ["QFabric/300.d2.11022016_256_4096.png", "QFabric/300.d4.02012018_256_4096.png"], "task": "region_based_question_answering",
              "conversations": [{"from": "human", "value": "<video> What is the change type of this region [10, 20, 30, 40]?"}, {"from": "gpt", "value": "Residential"}]}]
            """
        );
        var sample = EoDataset.Load(crops.Path).Samples.Single();
        Assert.Equal((2, new TextAnswer("Residential")), (sample.Images.Count, sample.Reference));
    }

    /// <summary>An uncompressed grey TIFF of that side, made anew under one name.</summary>
    private static string Tiff(TemporaryFolder folder, int side)
    {
        byte[] pixels = [.. Enumerable.Repeat((byte)90, side * side)];
        using var stream = File.Create(folder.File("scratch.tif"));
        using var writer = new BinaryWriter(stream);
        writer.Write("II*\0"u8);
        writer.Write(8 + pixels.Length);
        writer.Write(pixels);
        (ushort Tag, int Value)[] entries =
        [
            (256, side),
            (257, side),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, 8),
            (277, 1),
            (278, side),
            (279, pixels.Length),
        ];
        writer.Write((ushort)entries.Length);
        foreach (var (tag, value) in entries)
        {
            writer.Write(tag);
            writer.Write((ushort)4);
            writer.Write(1);
            writer.Write(value);
        }
        writer.Write(0);
        return folder.File("scratch.tif");
    }

    private static async Task Write<T>(TemporaryFolder folder, string file, T row)
        where T : class, new()
    {
        await using var stream = File.Create(folder.File(file));
        await ParquetSerializer.SerializeAsync(
            [row],
            stream,
            new ParquetOptions(),
            new Dictionary<string, string>(),
            TestContext.Current.CancellationToken
        );
    }

#pragma warning disable IDE1006 // The names of the properties are the names of the columns.
    internal sealed class Patch
    {
        public string patch_id { get; set; } = "";
        public List<string> labels { get; set; } = [];
        public string split { get; set; } = "validation";
        public string country { get; set; } = "Austria";
        public string s1_name { get; set; } = "";
        public string s2v1_name { get; set; } = "";
        public bool contains_seasonal_snow { get; set; }
        public bool contains_cloud_or_shadow { get; set; }
    }

    internal sealed class Shard
    {
        public ParquetTableTests.Picture jpg { get; set; } = new();
        public string question { get; set; } = "";
        public string groundtruth { get; set; } = "";
        public string size_group { get; set; } = "";
    }
#pragma warning restore IDE1006
}
