using GeoVlm.Data.Geometry;
using GeoVlm.Data.Synthetic;

namespace GeoVlm.Tests.Data.Synthetic;

public class ScenePlanTests
{
    private static readonly ScenePlan[] plans = [.. Enumerable.Range(0, 200).Select(i => ScenePlan.Create((ulong)i))];

    [Fact]
    public void Boxes_are_the_bounds_of_the_masks_and_lie_inside_the_scene() =>
        Assert.All(
            plans.SelectMany(p => p.Objects),
            o =>
            {
                Assert.Equal(Bounds(o.Mask()), o.Box);
                Assert.Equal(o.Box, o.Box.ClipTo(ScenePlan.SceneSize, ScenePlan.SceneSize));
                // The oriented box encloses the outline, so the mask's bounds exceed it by less than a pixel.
                var around = o.Oriented.Bounds();
                Assert.True(o.Box.X1 > around.X1 - 1 && o.Box.Y1 > around.Y1 - 1 && o.Box.X2 < around.X2 + 1 && o.Box.Y2 < around.Y2 + 1);
            }
        );

    [Fact]
    public void Objects_keep_three_per_cent_of_the_side_apart() =>
        Assert.All(
            plans,
            p =>
            {
                const double gap = 0.03 * ScenePlan.SceneSize;
                foreach (var a in p.Objects)
                {
                    var around = new Box(a.Box.X1 - gap, a.Box.Y1 - gap, a.Box.X2 + gap, a.Box.Y2 + gap);
                    Assert.DoesNotContain(p.Objects, b => b != a && !b.Box.Intersect(around).IsEmpty);
                }
            }
        );

    [Fact]
    public void Every_scene_type_class_colour_size_and_number_of_objects_occurs()
    {
        var objects = plans.SelectMany(p => p.Objects).ToList();
        Assert.Equal(5, plans.Select(p => p.Type).Distinct().Count());
        Assert.Equal(4, objects.Select(o => o.Class).Distinct().Count());
        Assert.Equal(4, objects.Select(o => o.Color).Distinct().Count());
        Assert.Equal(2, objects.Select(o => o.Size).Distinct().Count());
        Assert.Equal([1, 2, 3, 4, 5], plans.Select(p => p.Objects.Count).Distinct().Order());
    }

    [Theory]
    [InlineData(0, true), InlineData(1, false), InlineData(1, true), InlineData(2, false)]
    [InlineData(2, true), InlineData(3, false), InlineData(3, true)]
    public void A_turned_plan_has_the_turned_masks_boxes_and_pixels(int quarterTurns, bool mirrored)
    {
        var turn = new SquareTurn(quarterTurns, mirrored);
        var plan = plans.First(p => p.Type == SceneType.Airport && p.Objects.Count > 2);
        var turned = plan.Turned(quarterTurns, mirrored);
        Assert.Equal(turn.Apply(ScenePainter.Paint(plan)).Pixels, ScenePainter.Paint(turned).Pixels);
        foreach (var (o, t) in plan.Objects.Zip(turned.Objects))
        {
            Assert.Equal(turn.Apply(o.Mask()).Bits, t.Mask().Bits);
            Assert.Equal(Bounds(t.Mask()), t.Box);
            // The heading turned along: the turned corners are the corners of the turned rectangle.
            var expected = o.Oriented.Corners().Select(c => turn.Apply(new Box(c.X, c.Y, c.X, c.Y), ScenePlan.SceneSize));
            Assert.Equal(
                expected.Select(b => (Math.Round(b.X1, 6), Math.Round(b.Y1, 6))).Order(),
                t.Oriented.Corners().Select(c => (Math.Round(c.X, 6), Math.Round(c.Y, 6))).Order()
            );
        }
    }

    [Fact]
    public void Two_turns_in_a_row_are_their_composition()
    {
        var marks = new Mask(3, 3);
        (marks.Bits[0], marks.Bits[1]) = (true, true);
        var turns = Enumerable.Range(0, 8).Select(i => new SquareTurn(i & 3, i > 3)).ToList();
        foreach (var a in turns)
        foreach (var b in turns)
            Assert.Equal(b.Apply(a.Apply(marks)).Bits, a.Then(b).Apply(marks).Bits);
        Assert.Equal(8, turns.Select(t => string.Join("", t.Apply(marks).Bits)).Distinct().Count());
    }

    [Fact]
    public void Sines_from_polynomials_agree_with_the_library()
    {
        for (double t = -2; t < 2; t += 0.0037)
        {
            var (sin, cos) = ExactTrigonometry.SinCos(t);
            Assert.InRange(sin - Math.Sin(t * Math.Tau), -1e-12, 1e-12);
            Assert.InRange(cos - Math.Cos(t * Math.Tau), -1e-12, 1e-12);
        }
    }

    private static Box Bounds(Mask mask)
    {
        var set = Enumerable.Range(0, mask.Bits.Length).Where(i => mask.Bits[i]).ToList();
        var (columns, rows) = (set.Select(i => i % mask.Width), set.Select(i => i / mask.Width));
        return new Box(columns.Min(), rows.Min(), columns.Max() + 1, rows.Max() + 1);
    }
}
