using GeoVlm.Data;
using GeoVlm.Data.Checking;
using GeoVlm.Data.Geometry;

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
