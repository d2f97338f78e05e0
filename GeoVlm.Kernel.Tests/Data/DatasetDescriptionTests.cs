using GeoVlm.Data;
using GeoVlm.Tests.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data;

public class DatasetDescriptionTests
{
    [Fact]
    public void A_real_DOTA_folder_is_described_in_full()
    {
        var described = EoDataset.Load(SharedFolder.Require("eo-samples/dota/real")).Describe(new DescriptionOptions { Decoded = 10 });
        Assert.Equal("dota", described.Reader);
        Assert.Equal(64, described.Objects);
        Assert.Equal(
            [new("large-vehicle", 50), new("small-vehicle", 14)],
            described.Classes.ToDictionary(c => c.Key.Replace(' ', '-'), c => c.Value)
        );
        Assert.Equal(new ImageSizeCount(712, 557, 1), Assert.Single(described.Images.Sizes));
        Assert.Equal("uint8", Assert.Single(described.Images.Dtypes).Key);
        Assert.Equal("original pixels 712 x 557", described.FirstSample!.Frame);
        Assert.Contains(described.FirstSample.Boxes, b => b.Length == 4);
    }

    [Fact]
    public void A_damaged_image_is_found_by_its_header_or_by_decoding_and_named()
    {
        using var folder = new TemporaryFolder();
        folder.Image("forest/a.png", 8, 8);
        folder.Image("forest/cut.png", 64, 64, (x, y) => (byte)(x * y));
        byte[] whole = File.ReadAllBytes(folder.File("forest/cut.png"));
        File.WriteAllBytes(folder.File("forest/cut.png"), whole[..(whole.Length / 2)]);
        folder.Text("README.md", "---\nlicense: cc-by-4.0\n---\n# Forests\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Empty(dataset.Describe().Problems);
        var described = dataset.Describe(new DescriptionOptions { Decoded = 5 });
        Assert.Contains("cut.png", Assert.Single(described.Problems).Where);
        Assert.Equal("cc-by-4.0", described.Licence);
        Assert.Equal([new("forest", 2)], described.Classes);
    }

    [Fact]
    public void A_lone_GeoTIFF_is_described_with_its_bands_and_its_place()
    {
        string path = SharedFolder.Require("eo-samples/scene-folder/eurosat/AnnualCrop/AnnualCrop_1.tif");
        var described = EoDataset.Load(path).Describe();
        Assert.Equal("images", described.Reader);
        var image = Assert.Single(described.FirstSample!.Images);
        Assert.Equal((13, "uint16", "EPSG:32635"), (image.Bands, image.Dtype, image.Crs));
        Assert.Equal(44.0, image.CentreLonLat![1], 0);
        Assert.Throws<GeoVlmException>(() => EoDataset.Load(SharedFolder.Require("eo-samples/malformed/tiff-empty.tif")));
    }

    [Theory]
    [InlineData("train.jsonl:12", "no question. Add one.", "train.jsonl", 12, "Add one.")]
    [InlineData("a/b.txt line 3", "7 numbers; 8 are expected", "a/b.txt", 3, "8 are expected")]
    [InlineData("P0001.png", "1.5 bytes", "P0001.png", null, "")]
    public void Where_and_what_fall_into_file_line_and_cure(string where, string what, string file, int? line, string cure)
    {
        var problem = new DatasetProblem(where, what);
        Assert.Equal((file, line, cure), (problem.File, problem.Line, problem.Cure));
    }
}
