using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Rendering;
using SkiaSharp;

namespace GeoVlm.Tests.Rendering;

/// <summary>Where a box is drawn, by pixels, at several scales of the image.</summary>
public class BoxScaleTests
{
    [Theory]
    [InlineData(112, 112)]
    [InlineData(112, 336)]
    [InlineData(100, 333)]
    [InlineData(1000, 250)]
    [InlineData(4000, 400)]
    public void A_box_covers_its_edges_and_nothing_else(int imageEdge, int shownEdge)
    {
        var image = MadeUpSamples.Flat(imageEdge, imageEdge);
        var box = new Box(0.2 * imageEdge, 0.3 * imageEdge, 0.7 * imageEdge, 0.9 * imageEdge);
        using var picture = new BoxOverlay(image, Prediction: MadeUpSamples.Boxes(image, "", box))
        {
            EdgePixels = shownEdge,
            WholeFactor = false,
        }
            .Paint()
            .Draw();
        foreach (double t in new[] { 0.1, 0.35, 0.6, 0.9 })
        foreach (var (x, y) in new[] { (0.2 + 0.5 * t, 0.3), (0.2 + 0.5 * t, 0.9), (0.2, 0.3 + 0.6 * t), (0.7, 0.3 + 0.6 * t) })
            Assert.True(IsNear(picture, x * shownEdge, y * shownEdge, Palette.Prediction), $"no line at {x:0.00}, {y:0.00} of {shownEdge}");
        foreach (var (x, y) in new[] { (0.45, 0.6), (0.1, 0.6), (0.8, 0.6), (0.45, 0.2), (0.45, 0.97) })
            Assert.Equal(new SKColor(96, 96, 96), picture.GetPixel((int)(x * shownEdge), (int)(y * shownEdge)));
    }

    [Theory]
    [InlineData(112, 112, 0)]
    [InlineData(112, 336, 30)]
    [InlineData(1000, 250, 45)]
    [InlineData(100, 333, -60)]
    public void An_oriented_box_covers_its_turned_edges(int imageEdge, int shownEdge, double degrees)
    {
        var image = MadeUpSamples.Flat(imageEdge, imageEdge);
        var oriented = new OrientedBox(0.5 * imageEdge, 0.5 * imageEdge, 0.5 * imageEdge, 0.25 * imageEdge, degrees);
        var answer = new BoxesAnswer([new(oriented.Bounds()) { Oriented = oriented }], CoordinateFrame.Original(imageEdge, imageEdge));
        using var picture = new BoxOverlay(image, Prediction: answer) { EdgePixels = shownEdge, WholeFactor = false }
            .Paint()
            .Draw();
        var corners = oriented.Corners();
        double scale = shownEdge / (double)imageEdge;
        for (int i = 0; i < 4; i++)
            foreach (double t in new[] { 0.2, 0.5, 0.8 })
            {
                var (a, b) = (corners[i], corners[(i + 1) % 4]);
                Assert.True(
                    IsNear(picture, scale * (a.X + t * (b.X - a.X)), scale * (a.Y + t * (b.Y - a.Y)), Palette.Prediction),
                    $"no line at {t} of side {i}"
                );
            }
        Assert.Equal(new SKColor(96, 96, 96), picture.GetPixel(shownEdge / 2, shownEdge / 2));
    }

    [Fact]
    public void References_are_dashed_and_predictions_solid()
    {
        var image = MadeUpSamples.Flat(400, 400);
        var boxes = MadeUpSamples.Boxes(image, "", new Box(50, 50, 350, 350));
        double Share(BoxOverlay overlay, string colour)
        {
            using var picture = (overlay with { EdgePixels = 400, Labels = false }).Paint().Draw();
            return Enumerable.Range(60, 280).Count(x => IsNear(picture, x, 50, colour, 0)) / 280.0;
        }
        Assert.InRange(Share(new BoxOverlay(image, Truth: boxes), Palette.Truth), 0.4, 0.8);
        Assert.True(Share(new BoxOverlay(image, Prediction: boxes), Palette.Prediction) > 0.98);
    }

    [Fact]
    public void A_halo_keeps_lines_apart_from_a_ground_of_their_own_colour()
    {
        var ground = new RgbImage(100, 100);
        var sky = SKColor.Parse(Palette.Prediction);
        for (int i = 0; i < 10_000; i++)
            (ground.Pixels[3 * i], ground.Pixels[3 * i + 1], ground.Pixels[3 * i + 2]) = (sky.Red, sky.Green, sky.Blue);
        var image = GeoImage.FromMemory("sky", ground);
        using var picture = new BoxOverlay(image, Prediction: MadeUpSamples.Boxes(image, "", new Box(20, 20, 80, 80))) { EdgePixels = 300 }
            .Paint()
            .Draw();
        Assert.True(Enumerable.Range(55, 12).Any(x => picture.GetPixel(x, 150).Blue < sky.Blue * 0.7), "no darker pixel beside the line");
    }

    // Lines fall between pixels: one of the neighbours carries the colour.
    private static bool IsNear(SKBitmap picture, double x, double y, string colour, int reach = 1)
    {
        var wanted = SKColor.Parse(colour);
        for (int dy = -1; dy <= 1; dy++)
        for (int dx = -reach; dx <= reach; dx++)
        {
            var c = picture.GetPixel(Math.Clamp((int)x + dx, 0, picture.Width - 1), Math.Clamp((int)y + dy, 0, picture.Height - 1));
            if (Math.Abs(c.Red - wanted.Red) + Math.Abs(c.Green - wanted.Green) + Math.Abs(c.Blue - wanted.Blue) < 110)
                return true;
        }
        return false;
    }
}
