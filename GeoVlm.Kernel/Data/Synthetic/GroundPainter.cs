using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>Paints the ground of a scene and what decorates it: nothing here has a
/// truth, and nothing looks like an object that has.</summary>
internal sealed class GroundPainter
{
    private const int Side = Canvas.Side;
    private static readonly Box whole = new(0, 0, Side, Side);
    private readonly Canvas canvas;
    private readonly ScenePlan plan;
    private readonly SeededRandom random;
    private readonly Materials materials;
    private readonly StripPainter strip;
    private readonly Vegetation vegetation;

    public GroundPainter(Canvas canvas, ScenePlan plan, Sun sun, SeededRandom random)
    {
        (this.canvas, this.plan, this.random) = (canvas, plan, random);
        materials = new Materials(random);
        strip = new StripPainter(canvas, plan.Layout, sun, random, materials);
        vegetation = new Vegetation(canvas, plan, sun, random);
    }

    /// <summary>Paints all of it.</summary>
    public void Paint()
    {
        switch (plan.Type)
        {
            case SceneType.Harbor:
                Harbor();
                break;
            case SceneType.Airport:
                Airport();
                break;
            case SceneType.Industrial:
                Industrial();
                break;
            case SceneType.Residential:
                Residential();
                break;
            default:
                Farmland();
                break;
        }
    }

    private void Harbor()
    {
        canvas.Cover(plan.Layout.Rest, materials.Water());
        canvas.Cover(plan.Layout.Strip, materials.Concrete((146, 143, 134), joints: 28));
        Patches(plan.Layout.Strip, 3, 24, 70, () => materials.Asphalt((118, 116, 112)), .6);
        // The quay's edge: a pale coping and, on the water's side, its dark wall with fenders.
        double edge = strip.Depth;
        strip.Along(edge - 1.5, 3, materials.Plain((182, 178, 168)));
        strip.Along(edge + 1.2, 2.4, materials.Plain((24, 34, 38)), .8);
        strip.Dashes(edge + 1.6, 2.4, 2.5, 15, materials.Plain((20, 20, 22)));
        foreach (double rail in (ReadOnlySpan<double>)[9, 20])
            strip.Along(edge - rail, 1.2, materials.Plain((88, 82, 76)), .8);
        strip.Road(8, 13);
        Stains(plan.Layout.Strip, 5);
        strip.Cars(8, 3);
    }

    private void Airport()
    {
        canvas.Cover(plan.Layout.Rest, materials.Concrete((140, 139, 134), joints: 22));
        Patches(plan.Layout.Rest, 5, 22, 90, () => materials.Concrete((148, 147, 142), joints: 22), .55);
        double depth = strip.Depth,
            middle = depth / 2,
            width = Math.Min(depth - 10, 26),
            branch = random.Uniform(.25, .75) * Side;
        canvas.Cover(plan.Layout.Strip, materials.Grass((98, 116, 70)));
        strip.Across(branch, middle, depth + 8, 16, materials.Asphalt((104, 104, 104)), .95);
        strip.Along(middle, width, materials.Asphalt((76, 76, 79)));
        strip.Along(middle, width * .3, materials.Asphalt((64, 64, 66)), .5); // rubber of landings
        foreach (int s in (ReadOnlySpan<int>)[-1, 1])
            strip.Along(middle + s * (width / 2 - 2.5), 1.2, materials.Plain((214, 214, 208)), .9);
        strip.Dashes(middle, 1.8, 14, 10, materials.Plain((222, 222, 216)));
        for (double across = -width / 2 + 5; across < width / 2 - 4; across += 3.4) // threshold
            if (Math.Abs(across) > 2)
                strip.Segment(8, 26, middle + across, 1.7, materials.Plain((222, 222, 216)), .9);
        strip.Along(depth + 7, 1.2, materials.Plain((206, 176, 62)), .75); // taxi lines
        strip.Across(branch, middle, Side, 1.2, materials.Plain((206, 176, 62)), .6);
        Stains(plan.Layout.Rest, 8);
    }

    private void Industrial()
    {
        canvas.Cover(whole, materials.Rough((158, 148, 130)));
        Patches(plan.Layout.Rest, 6, 34, 110, () => materials.Concrete((156, 152, 143), joints: 18), .85);
        Patches(plan.Layout.Rest, 2, 30, 80, () => materials.Asphalt((112, 110, 108)), .8);
        Patches(plan.Layout.Rest, 3, 14, 40, () => materials.Rough((112, 118, 84)), .7);
        // An empty one, like that of a removed tank.
        if (random.Chance(.5))
            Basin(random.Uniform(0, Side), random.Uniform(0, Side), random.Uniform(18, 44));
        foreach (var o in plan.Sites.Where(o => o.Class == ObjectClass.Tank))
            Basin(o.Shape.CenterX, o.Shape.CenterY, o.Shape.Length * .5 + 5);
        Stains(plan.Layout.Rest, 8);
        Pipes();
        strip.Road(strip.Depth / 2, 14);
        strip.Cars(strip.Depth / 2, 3);
        vegetation.Trees(8, 3, 6);
    }

    private void Residential()
    {
        canvas.Cover(whole, materials.Grass((104, 120, 76)));
        double depth = strip.Depth,
            middle = depth / 2;
        for (double at = random.Uniform(20, 50); at < Side - 10; at += random.Uniform(48, 76)) // gardens, parted by hedges
        {
            if (random.Chance(.6))
                strip.Across(at + 30, depth + 8, Side, 60, materials.Grass(random.Chance(.5) ? (114, 124, 82) : (94, 112, 66)), .8);
            strip.Across(at, depth + 8, Side, 3, new Surface((58, 78, 46), 14, 8, random));
        }
        Patches(plan.Layout.Rest, 9, 8, 26, () => materials.Rough(random.Chance(.5) ? (118, 104, 80) : (88, 108, 60)), .6);
        Patches(plan.Layout.Rest, 3, 14, 34, () => materials.Rough((150, 142, 126)), .8);
        foreach (var o in plan.Sites)
        {
            var (along, across) = strip.Locate(o.Shape.CenterX, o.Shape.CenterY);
            strip.Across(along + o.Shape.Length * .2, middle, across, 6, materials.Plain((146, 140, 130)), .9); // driveway
            Yard(o.Shape, (150, 142, 126), 5);
        }
        strip.Road(middle, 14);
        foreach (int s in (ReadOnlySpan<int>)[-1, 1])
            strip.Along(middle + s * 9.5, 2.5, materials.Plain((168, 164, 154)));
        strip.Cars(middle, 3);
        vegetation.Trees(34, 3.5, 9);
    }

    private void Farmland()
    {
        var (cx, cy) = plan.Layout.Crossing;
        foreach (var field in (ReadOnlySpan<Box>)[new(0, 0, cx, cy), new(cx, 0, Side, cy), new(0, cy, cx, Side), new(cx, cy, Side, Side)])
            canvas.Cover(field, materials.Field());
        Patches(whole, 3, 22, 60, () => materials.Rough((160, 146, 114)), .75);
        vegetation.Hedge(0, cy, Side, cy);
        canvas.Stroke(cx, 0, cx, Side, 9, materials.Rough((160, 144, 108)));
        foreach (double wheel in (ReadOnlySpan<double>)[-2.4, 2.4])
            canvas.Stroke(cx + wheel, 0, cx + wheel, Side, 1.8, materials.Plain((186, 170, 136)));
        foreach (var o in plan.Sites)
            Yard(o.Shape, (164, 148, 116), 8);
        if (random.Chance(.4))
            Pond();
        vegetation.Wood();
        vegetation.Trees(5, 4, 8);
    }

    /// <summary>
    /// Bare or paved patches with worn edges and nothing on them: they break up the ground, and they look like the prepared ground of an
    /// object, so that an empty yard does not give away what will be built on it.
    /// </summary>
    private void Patches(Box area, int count, double smallest, double largest, Func<Surface> surface, double opacity)
    {
        for (int i = 0; i < count; i++)
        {
            double w = random.Uniform(smallest, largest) / 2,
                h = random.Uniform(smallest, largest) / 2;
            double x = random.Uniform(area.X1, area.X2),
                y = random.Uniform(area.Y1, area.Y2);
            var box = new Box(x - w, y - h, x + w, y + h).Intersect(area);
            double wear = random.Uniform(1, 3);
            canvas.Cover(
                box,
                (px, py) =>
                {
                    double edge = Math.Max(Math.Max(box.X1 - px, px - box.X2), Math.Max(box.Y1 - py, py - box.Y2));
                    double even = edge + wear * .6;
                    return Noise.Decides(even, wear) ? edge + wear * (.6 + Noise.Smooth(px * 3, py * 3)) : even;
                },
                surface(),
                opacity
            );
        }
    }

    /// <summary>A low wall around a tank, which catches what it might spill.</summary>
    private void Basin(double x, double y, double reach)
    {
        canvas.Cover(new Box(x - reach, y - reach, x + reach, y + reach), materials.Plain((176, 170, 158)));
        reach -= 1.5;
        canvas.Cover(new Box(x - reach, y - reach, x + reach, y + reach), materials.Rough((144, 136, 122)));
    }

    private void Yard(ObjectShape s, (double, double, double) color, double margin)
    {
        double half = s.Length / 2 + margin,
            across = s.HalfAcross + margin;
        double reach = half + across;
        canvas.Cover(
            new Box(s.CenterX - reach, s.CenterY - reach, s.CenterX + reach, s.CenterY + reach),
            (x, y) =>
            {
                var (u, v) = s.ToLocal(x, y);
                // A worn edge: the yard's outline wanders by a few pixels.
                double even = Math.Max(Math.Abs(u) - half, Math.Abs(v) - across);
                return Noise.Decides(even, 3) ? even + 3 * Noise.Smooth(x * 3, y * 3) : even;
            },
            materials.Rough(color),
            .85
        );
    }

    private void Pipes()
    {
        var tanks = plan.Sites.Where(o => o.Class == ObjectClass.Tank).ToList();
        for (int i = 1; i < tanks.Count; i++)
        {
            var (a, b) = (tanks[i - 1].Shape, tanks[i].Shape);
            foreach (double shift in (ReadOnlySpan<double>)[-2, 1])
            {
                canvas.Stroke(a.CenterX + shift, a.CenterY, a.CenterX + shift, b.CenterY, 1.2, materials.Plain((190, 188, 180)));
                canvas.Stroke(a.CenterX, b.CenterY + shift, b.CenterX, b.CenterY + shift, 1.2, materials.Plain((190, 188, 180)));
            }
        }
    }

    /// <summary>Dark, soft spots: oil, damp, tyre marks.</summary>
    private void Stains(Box area, int count)
    {
        for (int i = 0; i < count; i++)
        {
            double x = random.Uniform(area.X1, area.X2),
                y = random.Uniform(area.Y1, area.Y2);
            double reach = random.Uniform(5, 18),
                dark = random.Uniform(.06, .18),
                flat = random.Uniform(.5, 2.5);
            var (x1, y1, x2, y2) = Canvas.Pixels(
                new Box(x - reach * 1.5, y - reach * 1.5, x + reach * 1.5, y + reach * 1.5).Intersect(area)
            );
            for (int py = y1; py < y2; py++)
            for (int px = x1; px < x2; px++)
            {
                double dx = px - x,
                    dy = py - y;
                double spot = 1 - (dx * dx * flat + dy * dy / flat) / (reach * reach) + .8 * Noise.Mottle(px * 2, py * 2);
                if (spot > 0)
                    canvas.Shade(px, py, Math.Min(1, spot) * dark);
            }
        }
    }

    private void Pond()
    {
        double x = random.Uniform(.1, .9) * Side,
            y = random.Uniform(.1, .9) * Side,
            radius = random.Uniform(14, 26);
        var bounds = new Box(x - radius - 10, y - radius - 10, x + radius + 10, y + radius + 10);
        if (plan.Sites.Any(o => !o.Shape.Extent.Intersect(bounds).IsEmpty))
            return;
        double Shore(double px, double py, double size)
        {
            double dx = px - x,
                dy = (py - y) * 1.3;
            double even = Math.Sqrt(dx * dx + dy * dy) - size;
            return Noise.Decides(even, 6) ? even + 6 * Noise.Smooth(px * .8 + x, py * .8 + y) : even;
        }
        canvas.Cover(bounds, (px, py) => Shore(px, py, radius + 3), materials.Grass((86, 98, 58)));
        canvas.Cover(bounds, (px, py) => Shore(px, py, radius), materials.Water());
    }
}
