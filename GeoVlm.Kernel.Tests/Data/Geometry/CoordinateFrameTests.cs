using CsCheck;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Tests.Data.Geometry;

public class CoordinateFrameTests
{
    private static readonly Gen<(int Width, int Height)> Size = Gen.Select(Gen.Int[28, 6000], Gen.Int[28, 6000])
        .Where((w, h) => Math.Max(w, h) < 100 * Math.Min(w, h));

    [Fact]
    public void Ten_thousand_boxes_come_back_from_the_resized_image_and_every_frame_within_half_a_pixel() =>
        Gen.Select(Size, Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[-180, 180])
            .Sample(
                (size, a, b, c, d, angle) =>
                {
                    var (width, height) = size;
                    var original = CoordinateFrame.Original(width, height);
                    var (resizedWidth, resizedHeight) = ImagePreprocessor.SmartResize(width, height, 28, 56 * 56, 14 * 14 * 4 * 1280);
                    var box = new Box(Math.Min(a, b) * width, Math.Min(c, d) * height, Math.Max(a, b) * width, Math.Max(c, d) * height);
                    var turned = OrientedBox.FromTurned(box, angle, AngleConvention.ClockwiseDegrees);
                    var answer = new BoxesAnswer(
                        [new LabelledBox(box, "x") { Oriented = turned, Outline = new Polygon(turned.Corners()) }],
                        original
                    );
                    foreach (
                        var frame in new[]
                        {
                            CoordinateFrame.Model(resizedWidth, resizedHeight),
                            CoordinateFrame.Unit,
                            CoordinateFrame.Percent,
                            CoordinateFrame.Thousandths,
                        }
                    )
                    {
                        var there = answer.In(frame);
                        var back = there.In(original).Objects[0];
                        Near(Edges(box), Edges(back.Box), 1e-6);
                        Near(Flat(turned.Corners()), Flat(back.Oriented!.Value.Corners()), 1e-4);
                        Near(Flat(turned.Corners()), Flat(back.Outline!.Points), 1e-6);
                        // Whole numbers of a frame as fine as the image move an edge by half a unit of that frame.
                        if (frame.Width < width || frame.Height < height)
                            continue;
                        var seen = there.Objects[0].Box;
                        var rounded = new Box(Math.Round(seen.X1), Math.Round(seen.Y1), Math.Round(seen.X2), Math.Round(seen.Y2));
                        Near(Edges(box), Edges(frame.Convert(rounded, original)), 0.5 + 1e-9);
                    }
                },
                iter: 10_000
            );

    [Fact]
    public void Every_notation_reads_back_what_it_wrote() =>
        Gen.Select(Gen.Double[-10, 500], Gen.Double[-10, 500], Gen.Double[0, 500], Gen.Double[0, 500])
            .Sample(
                (x, y, w, h) =>
                {
                    var box = new Box(x, y, x + w, y + h);
                    foreach (var order in Enum.GetValues<BoxOrder>())
                    foreach (int first in new[] { 0, 1 })
                    foreach (bool inclusive in new[] { false, true })
                    {
                        var notation = new BoxNotation(order, first, inclusive);
                        var (a, b, c, d) = notation.Write(box);
                        Near(Edges(box), Edges(notation.Read(a, b, c, d)), 1e-9);
                    }
                },
                iter: 1000
            );

    [Fact]
    public void The_first_two_by_three_pixels_are_spelt_in_each_notation()
    {
        var box = new Box(0, 0, 2, 3);
        Assert.Equal((1.0, 1.0, 2.0, 3.0), BoxNotation.PascalVoc.Write(box));
        Assert.Equal((0.0, 0.0, 2.0, 3.0), BoxNotation.Xywh.Write(box));
        Assert.Equal((1.0, 1.5, 2.0, 3.0), BoxNotation.CenterSize.Write(box));
        // the mean of pixels 1, 2 and of 1, 2, 3
        Assert.Equal((1.5, 2.0, 2.0, 3.0), new BoxNotation(BoxOrder.CenterSize, 1, true).Write(box));
    }

    [Theory]
    [InlineData(10, 4, 0, 4, 10, 90, 10, 4, 0, 10, 4, 0)]
    [InlineData(10, 4, 90, 10, 4, 90, 10, 4, -90, 10, 4, 90)]
    [InlineData(4, 10, 30, 4, 10, 30, 10, 4, -60, 10, 4, 120)]
    [InlineData(10, 4, 200, 10, 4, 20, 10, 4, 20, 10, 4, 20)]
    public void Angle_ranges_write_one_rectangle(
        double w,
        double h,
        double a,
        double ow,
        double oh,
        double oa,
        double lw,
        double lh,
        double la,
        double mw,
        double mh,
        double ma
    )
    {
        var box = new OrientedBox(50, 60, w, h, a);
        Assert.Equal(new OrientedBox(50, 60, ow, oh, oa), box.In(AngleRange.OpenCv));
        Assert.Equal(new OrientedBox(50, 60, lw, lh, la), box.In(AngleRange.LongEdge90));
        Assert.Equal(new OrientedBox(50, 60, mw, mh, ma), box.In(AngleRange.LongEdge135));
        foreach (var range in Enum.GetValues<AngleRange>())
            Assert.Equal(1, box.IoU(box.In(range)), 9);
    }

    [Fact]
    public void A_rectangle_is_found_again_in_its_corners_with_its_head() =>
        Gen.Select(Gen.Double[-100, 900], Gen.Double[-100, 900], Gen.Double[2, 300], Gen.Double[2, 300], Gen.Double[-179, 179])
            .Sample(
                (x, y, w, h, angle) =>
                {
                    var box = new OrientedBox(x, y, w, h, angle);
                    // Corners begin at the front left, so AB is the front.
                    var found = OrientedBox.FromQuad(box.Corners())!.Value;
                    Near([x, y, w, h], [found.CenterX, found.CenterY, found.Width, found.Height], 1e-6);
                    Assert.Equal(1, Math.Cos((found.AngleDegrees - angle) * Math.PI / 180), 9);
                },
                iter: 2000
            );

    [Fact]
    public void A_positive_angle_of_EarthDial_turns_counter_clockwise_on_screen()
    {
        var box = OrientedBox.FromTurned(new Box(0, 0, 20, 2), 30, AngleConvention.CounterClockwiseDegrees);
        Assert.True(box.Corners()[0].Y < 1); // the right end has risen
        Assert.Equal(-30, box.AngleDegrees);
        Assert.Equal(30, box.AsTurned(AngleConvention.CounterClockwiseDegrees).Angle);
        Assert.Equal(Math.PI / 6, box.AsTurned(AngleConvention.CounterClockwiseRadians).Angle, 12);
    }

    private static double[] Edges(Box box) => [box.X1, box.Y1, box.X2, box.Y2];

    private static double[] Flat(IReadOnlyList<(double X, double Y)> points) => [.. points.SelectMany(p => new[] { p.X, p.Y })];

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - tolerance, expected[i] + tolerance);
    }
}
