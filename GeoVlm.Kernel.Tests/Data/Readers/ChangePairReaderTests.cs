using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

public class ChangePairReaderTests
{
    [Fact]
    public void The_Levir_layout_gives_three_pairs_with_masks()
    {
        var dataset = ReaderCatalogue.Load(SharedFolder.Require("eo-samples/change-pair/levircd"));
        Assert.Equal("change-pair", dataset.Reader);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["test_0", "train_0", "train_1"], dataset.Samples.Select(s => s.Id));
        var sample = dataset.Samples[0];
        Assert.Equal(["before", "after"], sample.Images.Select(i => i.Name));
        Assert.Equal((32, 32), (sample.ChangeMask!.Width, sample.Images[1].Load().Height));
        Assert.Equal(892, sample.ChangeMask.Load().Count); // the fixture's label holds all grey levels; those above 0 count
    }

    [Fact]
    public void A_real_pair_in_a_split_folder_with_a_drawn_mask_has_the_masks_boxes()
    {
        using var folder = new TemporaryFolder();
        string source = SharedFolder.Require("eo-samples/change-pair/levir-cc");
        foreach (string date in new[] { "A", "B" })
            folder.Copy(Path.Combine(source, date, "train_000016.png"), $"train/{date}/train_000016.png");
        folder.Image(
            "train/label/train_000016.png",
            256,
            256,
            (x, y) =>
                (byte)(
                    x is >= 100 and < 130 && y is >= 50 and < 60 ? 255 // a building
                    : x is >= 10 and < 12 && y is >= 10 and < 12 ? 128 // four pixels, just enough, in another grey
                    : x is >= 200 and < 203 && y == 200 ? 255
                    : 0
                )
        ); // three pixels, too few
        var sample = Assert.Single(ReaderCatalogue.Load(folder.Path).Samples);
        Assert.Equal(EoTask.ChangeDetection, sample.Task);
        Assert.Equal([new Box(100, 50, 130, 60), new Box(10, 10, 12, 12)], ((BoxesAnswer)sample.Reference).Objects.Select(o => o.Box));
        Assert.Equal(30 * 10 + 4 + 3, sample.ChangeMask!.Load().Count);
        Assert.NotEqual(sample.Images[0].Load().Pixels, sample.Images[1].Load().Pixels);
    }

    [Theory]
    [InlineData("size-mismatch", "sizes differ")]
    [InlineData("missing-b", "B/0002.png does not exist")]
    public void A_pair_that_does_not_fit_is_reported(string name, string says)
    {
        using var folder = new TemporaryFolder();
        string source = SharedFolder.Require("eo-samples/malformed/change-pair-" + name);
        foreach (string file in Directory.EnumerateFiles(source, "*.png", SearchOption.AllDirectories))
            folder.Copy(file, Path.GetRelativePath(source, file));
        foreach (string date in new[] { "A", "B" })
            folder.Image($"{date}/good.png", 8, 8);
        foreach (string label in new[] { "good", "0001", "0002" })
            folder.Image($"label/{label}.png", 8, 8, (_, _) => 0);
        var dataset = ReaderCatalogue.Load(folder.Path);
        Assert.Empty(((BoxesAnswer)Assert.Single(dataset.Samples).Reference).Objects); // no change is an answer
        Assert.Contains(says, Assert.Single(dataset.Problems).What);
    }
}
