using GeoVlm.Data;

namespace GeoVlm.Tests.Data;

public class HeldOutTests
{
    private static EoDataset Dataset(int images) =>
        new(
            "d",
            "test",
            [
                .. Enumerable
                    .Range(0, images * 2)
                    .Select(i => new Sample(
                        $"s{i}",
                        EoTask.SceneClassification,
                        [GeoImage.FromMemory($"image{i / 2}.png", new RgbImage(2, 2))],
                        "?",
                        new TextAnswer("a")
                    )),
            ],
            []
        );

    [Fact]
    public void No_image_is_on_both_sides_and_none_is_lost()
    {
        var whole = Dataset(10);
        var train = HeldOut.Part(whole, HeldOut.Train);
        var heldout = HeldOut.Part(whole, HeldOut.Heldout);
        Assert.Equal((14, 6), (train.Count, heldout.Count));
        Assert.Empty(train.Samples.Select(s => s.Images[0].Name).Intersect(heldout.Samples.Select(s => s.Images[0].Name)));
    }

    [Fact]
    public void A_single_image_is_given_back_whole_and_says_so()
    {
        var part = HeldOut.Part(Dataset(1), HeldOut.Heldout);
        Assert.Equal(2, part.Count);
        Assert.Contains("only one image", Assert.Single(part.Problems).What);
    }
}
