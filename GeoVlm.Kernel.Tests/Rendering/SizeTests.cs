using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Rewards;
using GeoVlm.Rendering;
using SkiaSharp;

namespace GeoVlm.Tests.Rendering;

/// <summary>Notebooks are kept in git with their pictures.</summary>
public class SizeTests
{
    [Fact]
    public void Galleries_stay_under_300_KB()
    {
        var samples = Enumerable.Range(1, 12).Select(i => MadeUpSamples.Detection((ulong)i)).ToArray();
        AssertSize(300_000, Gallery.Of(samples).Render());
        var cards = samples
            .Take(6)
            .Select(s => new SampleCard(s, s.Reference, new RewardBreakdown(0.7, [new("iou", 1, 0.7, "best box")]), new string('x', 900)));
        AssertSize(300_000, new Gallery([.. cards]).Render());
    }

    [Fact]
    public void A_dashboard_of_a_long_run_stays_under_100_KB()
    {
        var points = Enumerable
            .Range(1, 3000)
            .Select(i => new TrainingPoint(i, Math.Sin(i * 0.7), 0.2, i * 1e-5, 20 + i % 7, 400))
            .ToArray();
        AssertSize(100_000, new TrainingDashboard(points, 3000) { TimeLeft = TimeSpan.FromMinutes(3) }.Render());
    }

    [Fact]
    public void A_completion_is_cut_at_600_characters()
    {
        var bundle = new SampleCard(MadeUpSamples.Detection(), Completion: new string('W', 5000)).Render();
        Assert.Contains(new string('W', 599) + "…", bundle.Data[MimeBundle.Html]);
        Assert.DoesNotContain(new string('W', 600), bundle.Data[MimeBundle.Html]);
    }

    [Fact]
    public void Pictures_of_few_colours_are_exact_and_others_near()
    {
        uint[] few = [.. Enumerable.Range(0, 5000).Select(i => (uint)(i % 200 * 0x010203))];
        Assert.All(Decode(100, 50, few).Zip(few), p => Assert.Equal(p.Second, (uint)p.First & 0xFFFFFF));
        var random = new SeededRandom(3);
        uint[] many = [.. Enumerable.Range(0, 5000).Select(_ => (uint)random.Next(1 << 24))];
        double error = Decode(100, 50, many)
            .Zip(many)
            .Average(p =>
                Math.Abs(p.First.Red - (int)(p.Second >> 16))
                + Math.Abs(p.First.Green - (int)(p.Second >> 8 & 255))
                + Math.Abs(p.First.Blue - (int)(p.Second & 255))
            );
        Assert.InRange(error, 1, 45); // random noise, three channels, 256 colours
    }

    private static SKColor[] Decode(int width, int height, uint[] pixels)
    {
        using var bitmap = SKBitmap.Decode(IndexedPng.Encode(width, height, pixels));
        return bitmap.Pixels;
    }

    private static void AssertSize(int most, MimeBundle bundle)
    {
        int size = bundle.Data.Values.Sum(v => v.Length);
        Assert.True(size <= most, string.Join(", ", bundle.Data.Select(d => $"{d.Key} {d.Value.Length}")));
        Assert.True(
            bundle.Data.ContainsKey(MimeBundle.Html) && bundle.Data.ContainsKey(MimeBundle.Png) && bundle.Data[MimeBundle.Text].Length > 0
        );
    }
}
