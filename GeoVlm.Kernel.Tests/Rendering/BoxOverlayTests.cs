using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Rendering;
using SkiaSharp;

namespace GeoVlm.Tests.Rendering;

public class BoxOverlayTests
{
    private static readonly GeoImage image = MadeUpSamples.Flat(112, 112);

    [Fact]
    public void A_predicted_box_is_drawn_on_its_own_edges_three_times_enlarged()
    {
        using var picture = new BoxOverlay(image, Prediction: MadeUpSamples.Boxes(image, "", new Box(20, 30, 80, 90))).Paint().Draw();
        Assert.Equal((336, 336), (picture.Width, picture.Height));
        foreach (var (x, y) in new[] { (20, 60), (80, 60), (50, 30), (50, 90) })
            AssertColour(Palette.Prediction, picture.GetPixel(3 * x, 3 * y));
        foreach (var (x, y) in new[] { (50, 60), (15, 60), (85, 60), (50, 25), (50, 95) })
            Assert.Equal(new SKColor(96, 96, 96), picture.GetPixel(3 * x, 3 * y));
    }

    [Fact]
    public void Boxes_in_model_pixels_land_where_the_original_pixels_are()
    {
        var prediction = new BoxesAnswer([new(new Box(56, 56, 168, 168))], CoordinateFrame.Model(224, 224));
        using var picture = new BoxOverlay(image, Prediction: prediction).Paint().Draw();
        AssertColour(Palette.Prediction, picture.GetPixel(3 * 28, 3 * 56));
        AssertColour(Palette.Prediction, picture.GetPixel(3 * 84, 3 * 56));
    }

    [Fact]
    public void An_oriented_box_is_drawn_rotated()
    {
        var oriented = new OrientedBox(56, 56, 60, 60, 45);
        var truth = new BoxesAnswer([new(oriented.Bounds()) { Oriented = oriented }], CoordinateFrame.Original(112, 112));
        using var picture = new BoxOverlay(image, Prediction: truth).Paint().Draw();
        var middleOfSide = (56 + 30 / Math.Sqrt(2), 56 + 30 / Math.Sqrt(2));
        AssertColour(Palette.Prediction, picture.GetPixel((int)(3 * middleOfSide.Item1), (int)(3 * middleOfSide.Item2)));
        Assert.Equal(new SKColor(96, 96, 96), picture.GetPixel((int)(3 * oriented.Bounds().X2) - 1, 3 * 40));
    }

    [Fact]
    public void Labels_stay_inside_and_clear_of_one_another()
    {
        var boxes = MadeUpSamples.Boxes(
            image,
            "storage tank",
            new Box(0, 0, 112, 112),
            new Box(0, 0, 30, 10),
            new Box(90, 100, 112, 112),
            new Box(1, 1, 29, 11),
            new Box(80, 0, 112, 20)
        );
        using var bitmap = new SKBitmap(336, 336);
        using var canvas = new SKCanvas(bitmap);
        var painter = new BoxPainter(336, 336);
        painter.Draw(canvas, boxes, (b, _) => b.Label, Palette.Prediction, dashed: false);
        painter.DrawScale(canvas, 0.5);
        painter.DrawLabels(canvas);
        Assert.Equal(6, painter.Written.Count);
        Assert.All(painter.Written, r => Assert.True(r is { Left: >= 0, Top: >= 0, Right: <= 336, Bottom: <= 336 }, $"{r}"));
        for (int i = 0; i < painter.Written.Count; i++)
        for (int j = 0; j < i; j++)
            Assert.False(painter.Written[i].IntersectsWith(painter.Written[j]), $"{i} covers {j}");
    }

    [Fact]
    public void Boxes_that_are_no_boxes_do_no_harm()
    {
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, -1e18, double.Epsilon];
        var boxes = odd.SelectMany(a => odd.Select(b => new Box(a, b, b, a))).Concat(Enumerable.Repeat(new Box(90, 90, 10, 10), 1000));
        var bundle = new BoxOverlay(image, MadeUpSamples.Boxes(image, "x"), MadeUpSamples.Boxes(image, "x", [.. boxes])).Render();
        Assert.NotEmpty(bundle.Data[MimeBundle.Png]);
    }

    [Fact]
    public void An_image_that_cannot_be_decoded_says_so_in_its_place()
    {
        var broken = new GeoImage("b.png", 100, 100, () => throw new GeoVlmException("b.png is cut short"));
        using var picture = new BoxOverlay(broken).Paint().Draw();
        Assert.True(picture.Pixels.Count(p => p.Red > 200) > 100);
    }

    private static void AssertColour(string expected, SKColor actual)
    {
        var colour = SKColor.Parse(expected);
        Assert.True(
            Math.Abs(colour.Red - actual.Red) + Math.Abs(colour.Green - actual.Green) + Math.Abs(colour.Blue - actual.Blue) < 60,
            $"{expected} against {actual}"
        );
    }
}
