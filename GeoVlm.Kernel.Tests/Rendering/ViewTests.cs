using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics.Counts;
using GeoVlm.Rendering;
using GeoVlm.Rendering.Charts;
using GeoVlm.Rendering.Live;
using SkiaSharp;

namespace GeoVlm.Tests.Rendering;

public partial class ViewTests
{
    [Fact]
    public void Every_view_has_a_page_a_picture_and_words_within_300_KB_and_stands_without_its_script()
    {
        foreach (var (name, view) in MadeUpViews.All("large ship"))
        {
            var data = view.Render().Data;
            Assert.True(
                data.Values.Sum(v => v.Length) <= 300_000,
                $"{name}: {string.Join(", ", data.Select(d => $"{d.Key} {d.Value.Length}"))}"
            );
            using var picture = SKBitmap.Decode(Convert.FromBase64String(data[MimeBundle.Png]));
            Assert.True(picture is { Width: > 100, Height: > 20 } && picture.Pixels.Distinct().Take(3).Count() == 3, name);
            Assert.True(data[MimeBundle.Text].Length > 20, name);
            string still = data[MimeBundle.Html].Replace(LiveScript.Element, "");
            Assert.DoesNotContain("<script", still);
            Assert.True(
                still.Contains("<img src=\"data:image/")
                    || still.Contains("<svg")
                    || still.Contains("<table")
                    || still.Contains("background:rgba"),
                $"{name} shows nothing without its script"
            );
            Assert.Equal(data[MimeBundle.Html].Contains("data-geo="), data[MimeBundle.Html].Length > still.Length);
        }
    }

    [Fact]
    public void A_gallery_of_64_images_stays_under_3_MB() =>
        Assert.InRange(
            Gallery.Of(Enumerable.Range(1, 64).Select(i => MadeUpSamples.Detection((ulong)i)), 64).Render().Data.Values.Sum(v => v.Length),
            100_000,
            3_000_000
        );

    [Fact]
    public void Ten_thousand_boxes_are_one_picture_and_not_ten_thousand_shapes_for_a_page_to_move()
    {
        var image = MadeUpSamples.Busy(224, 224, 3);
        Box Small(int i) => new(i % 200, i / 50, i % 200 + 8, i / 50 + 6);
        var many = MadeUpSamples.Boxes(image, "car", [.. Enumerable.Range(0, 10_000).Select(Small)]);
        var few = MadeUpSamples.Boxes(image, "car", Small(0));
        foreach (IRenderable view in new IRenderable[] { new BoxOverlay(image, Prediction: many), new MatchingView(image, few, many) })
        {
            var data = view.Render().Data;
            Assert.InRange(data.Values.Sum(v => v.Length), 10_000, 300_000);
            Assert.InRange(Opening().Count(data[MimeBundle.Html]), 2, 40);
            Assert.DoesNotContain("<script", data[MimeBundle.Html]);
        }
    }

    [Fact]
    public void A_column_of_numbers_with_a_gap_stands_to_the_right_header_and_all()
    {
        string html = new Table(
            ["name", "change"],
            [
                ["a", ""],
                ["b", 0.5],
            ]
        ).Render().Data[MimeBundle.Html];
        Assert.Matches("<th align=\"left\"[^>]*>name</th><th align=\"right\"[^>]*>change</th>", html);
    }

    [Fact]
    public void The_matching_view_counts_what_the_threshold_makes_of_each_box()
    {
        var image = MadeUpSamples.Flat(100, 100);
        var truth = MadeUpSamples.Boxes(image, "", new Box(0, 0, 10, 10), new Box(50, 50, 60, 60));
        var prediction = MadeUpSamples.Boxes(image, "", new Box(0, 0, 10, 6), new Box(80, 80, 90, 90)); // IoU 0.6 and 0
        Assert.Contains(
            "At IoU 0.50: 1 found · 1 false · 1 missed · precision 0.50 · recall 0.50 · F1 0.50",
            new MatchingView(image, truth, prediction).Render().Data[MimeBundle.Text]
        );
        Assert.Contains(
            "At IoU 0.65: 0 found · 2 false · 2 missed",
            new MatchingView(image, truth, prediction) { IoUThreshold = 0.65 }
                .Render()
                .Data[MimeBundle.Text]
        );
        string html = new MatchingView(image, truth, prediction).Render().Data[MimeBundle.Html];
        // References come first: found ones are 3, missed 2; predictions 0 and 1. From 0.65 on nothing is found.
        Assert.Contains(
            string.Join(',', Enumerable.Repeat("[3,2,0,1]", 12)) + "," + string.Join(',', Enumerable.Repeat("[2,2,1,1]", 7)),
            html
        );
    }

    [Fact]
    public void A_box_of_another_class_or_turned_another_way_is_no_match()
    {
        var image = MadeUpSamples.Flat(100, 100);
        var frame = CoordinateFrame.Original(100, 100);
        BoxesAnswer Of(string label, double degrees) =>
            new([new OrientedBox(50, 50, 60, 10, degrees) is var o ? new LabelledBox(o.Bounds(), label) { Oriented = o } : null!], frame);
        string Seen(BoxesAnswer prediction) => new MatchingView(image, Of("ship", 45), prediction).Render().Data[MimeBundle.Text];
        Assert.Contains("1 found · 0 false", Seen(Of("ship", 45)));
        Assert.Contains("0 found · 1 false", Seen(Of("plane", 45)));
        Assert.Contains("0 found · 1 false", Seen(Of("ship", -45))); // the horizontal boxes are the same
    }

    [Fact]
    public void An_overlay_compares_and_marks_turned_boxes_where_they_are()
    {
        var image = MadeUpSamples.Flat(200, 200);
        BoxesAnswer Of(params OrientedBox[] boxes) =>
            new([.. boxes.Select(o => new LabelledBox(o.Bounds(), "") { Oriented = o })], CoordinateFrame.Original(200, 200));
        OrientedBox truth = new(100, 100, 120, 20, 45),
            near = new(100, 100, 120, 20, 40);
        Assert.Equal(truth.IoU(near), new BoxOverlay(image, Of(truth), Of(near)).BestIoU()!(0), 9);
        var upright = MadeUpSamples.Boxes(image, "", truth.Bounds());
        Assert.Equal(1, new BoxOverlay(image, Of(truth), upright).BestIoU()!(0), 9); // as it is drawn: both upright

        string html = new MatchingView(image, Of(truth), Of(near)) { EdgePixels = 200 }
            .Render()
            .Data[MimeBundle.Html];
        using var drawn = SKBitmap.Decode(Convert.FromBase64String(Images().Matches(html)[0].Groups[1].Value));
        var bounds = near.Bounds();
        Assert.InRange(drawn.GetPixel((int)bounds.X2 - 2, (int)bounds.Y1 + 2).Red, 88, 104); // no line and no mark in an empty corner
        var (x, y) = near.Corners().MinBy(c => c.X + c.Y);
        Assert.True(drawn.GetPixel((int)x, (int)y).Green > 130, "the mark of a found box on its corner");
    }

    [Fact]
    public void Columns_of_many_classes_are_numbered_and_none_is_a_dot()
    {
        var counts = new long[12, 12];
        for (int i = 0; i < 12; i++)
            counts[i, i] = 5;
        string[] names = [.. Enumerable.Range(1, 12).Select(i => $"a class of land cover {i}")];
        string[] lines = new ConfusionView(new ConfusionMatrix(counts), names).Render().Data[MimeBundle.Text].Split('\n');
        Assert.Matches(@"predicted +1 +2 +3 +4 +5 +6 +7 +8 +9 +10 +11 +12 +n +recall$", lines[0]);
        Assert.Matches(@"^12 a class of land cover 12( +·){11} +5 +5 +1\.00$", lines[12]);
        Assert.Contains(
            "a class of land cover 2",
            new ConfusionView(new ConfusionMatrix(new long[2, 2]), names).Render().Data[MimeBundle.Text].Split('\n')[0]
        );
    }

    [Fact]
    public void Words_of_a_caption_are_tinted_by_the_longest_run_that_a_reference_shares()
    {
        var data = new CaptionView("A large harbour, with one ferry", "boats in a large harbour", "one boat").Render().Data;
        Assert.Equal("Caption: *A* *large* *harbour*, with one ferry", data[MimeBundle.Text].Split('\n')[0]);
        Assert.Contains("1-grams 4/6 · 2-grams 2/5 · 3-grams 1/4 · 4-grams 0/3", data[MimeBundle.Text]);
    }

    [Fact]
    public void Precision_recall_and_calibration_are_those_of_the_hand()
    {
        var points = PrecisionRecallChart.Points([(0.9, true), (0.8, false), (0.7, true)], 4);
        Assert.Equal([(0.25, 1.0), (0.25, 0.5), (0.5, 2 / 3.0)], points.Select(p => (p.X, p.Y)));
        Assert.Equal(0.25 + 0.25 * 2 / 3, PrecisionRecallChart.AveragePrecision(points), 12);
        var sure = new ReliabilityChart("", [(0.95, true), (0.95, false), (0.15, false), (0.15, false)]);
        Assert.Equal(0.5 * 0.45 + 0.5 * 0.15, sure.ExpectedCalibrationError, 12);
        Assert.Contains("ECE –, n 0", new ReliabilityChart("", []).Render().Data[MimeBundle.Text]);
    }

    [Fact]
    public void Tiles_have_the_F1_of_their_own_pixels()
    {
        var image = MadeUpSamples.Flat(64, 64);
        var sample = new Sample(
            "a",
            EoTask.ChangeDetection,
            [image, image],
            "",
            MadeUpSamples.Boxes(image, "", new Box(0, 0, 16, 16), new Box(32, 0, 48, 16))
        );
        var view = new ChangeOverlay(sample, MadeUpSamples.Boxes(image, "", new Box(0, 0, 16, 16))) { Tiles = 4, EdgePixels = 256 };
        string html = view.Render().Data[MimeBundle.Html];
        Assert.Contains("F1 of each tile, 4 × 4", html);
        using var tiles = SKBitmap.Decode(Convert.FromBase64String(Images().Matches(html)[3].Groups[1].Value));
        SKColor right = tiles.GetPixel(8, 8),
            missed = tiles.GetPixel(136, 8),
            none = tiles.GetPixel(8, 136);
        Assert.True(right.Red > 150 && right.Red > right.Blue + 60, $"F1 1 is the bright end: {right}");
        Assert.True(missed.Red < 70, $"F1 0 is the dark end: {missed}");
        Assert.InRange(none.Red, 90, 102);
    }

    [Fact]
    public void The_structure_of_a_chart_is_kept()
    {
        string html = new IntervalChart("t", "x", ("a", new Estimate(0.5, 0, 1))).Render().Data[MimeBundle.Html];
        Assert.Equal(
            "div svg text polyline text polyline text polyline text polyline text polyline text polyline text text text polyline circle",
            string.Join(' ', Opening().Matches(html).Select(m => m.Groups[1].Value))
        );
    }

    [GeneratedRegex("<img src=\"data:image/jpeg;base64,([^\"]+)\"")]
    private static partial Regex Images();

    [GeneratedRegex("<([a-z]+)")]
    private static partial Regex Opening();
}
