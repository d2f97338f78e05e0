using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>Paints the objects of a scene, their shadows, rubble and standing water.</summary>
internal static class ObjectPainter
{
    private static readonly (double R, double G, double B)[] paints = [(226, 226, 219), (178, 54, 45), (54, 88, 178), (218, 188, 66)];

    /// <summary>Darkens what lies in the object's shadow.</summary>
    public static void PaintShadow(Canvas canvas, SceneObject o, Sun sun)
    {
        var shape = o.Shape;
        double reach = o.Class switch
        {
            ObjectClass.Ship => .08 * shape.Length,
            ObjectClass.Aircraft => .07 * shape.Length,
            ObjectClass.Tank => .14 * shape.Length,
            _ => .12 * shape.Length,
        };
        if (o.IsDestroyed)
            reach *= .25;
        int steps = (int)Math.Ceiling(reach);
        var e = shape.Extent;
        double dx = sun.X * reach,
            dy = sun.Y * reach;
        var shadow = new Box(e.X1 + Math.Min(0, dx), e.Y1 + Math.Min(0, dy), e.X2 + Math.Max(0, dx), e.Y2 + Math.Max(0, dy));
        var (x1, y1, x2, y2) = Canvas.Pixels(shadow);
        int first = o.Class == ObjectClass.Aircraft ? steps - 1 : 1; // an aircraft stands on its wheels, light passes under it
        for (int y = y1; y < y2; y++)
        for (int x = x1; x < x2; x++)
        {
            double nearest = double.MaxValue;
            for (int s = first; s <= steps; s++)
            {
                double t = reach * s / steps;
                var (u, v) = shape.ToLocal(x + .5 - sun.X * t, y + .5 - sun.Y * t);
                double here = shape.Distance(u, v);
                nearest = Math.Min(nearest, here);
                if (nearest < -1)
                    break;
                // A step is at most a pixel, so the outline comes at most a pixel nearer: steps that stay clear of it are left out.
                s += Math.Max(0, (int)(here - .8));
            }
            double cover = Math.Clamp(.5 - nearest / 1.4, 0, 1);
            if (cover > 0)
                canvas.Shade(x, y, cover * .9);
        }
    }

    /// <summary>Paints the object itself.</summary>
    public static void Paint(Canvas canvas, SceneObject o, Sun sun, ulong sceneSeed)
    {
        var shape = o.Shape;
        var random = new SeededRandom(Seed.Derive(sceneSeed, "object", (int)shape.CenterX, (int)shape.CenterY));
        var (r, g, b) = paints[(int)o.Color];
        double light = random.Normal(0, 5);
        (r, g, b) = (r + random.Normal(0, 4) + light, g + random.Normal(0, 4) + light, b + random.Normal(0, 4) + light);
        int ox = random.Next(Noise.Period),
            oy = random.Next(Noise.Period);
        var (sunU, sunV) = Towards(shape, sun);
        var (x1, y1, x2, y2) = Canvas.Pixels(shape.Extent);
        for (int y = y1; y < y2; y++)
        for (int x = x1; x < x2; x++)
        {
            var (u, v) = shape.ToLocal(x + .5, y + .5);
            double cover = Math.Min(1, .5 - shape.Distance(u, v));
            if (cover <= 0)
                continue;
            var (tone, grey) = o.IsDestroyed
                ? Rubble(x + ox, y + oy)
                : o.Class switch
                {
                    ObjectClass.Ship => Ship(shape, u, v, sunV),
                    ObjectClass.Aircraft => Aircraft(shape, u, v, sunV),
                    ObjectClass.Tank => Tank(shape, u, v, sunU, sunV),
                    _ => Roof(shape, u, v, sunU, sunV),
                };
            double n = 7 * Noise.Mottle(x + ox, y + oy) + 2.5 * Noise.Grain(x + ox, y + oy);
            canvas.Blend(x, y, cover, Mix(r, 118), Mix(g, 114), Mix(b, 108));
            double Mix(double paint, double plain) => (paint * (1 - grey) + plain * grey) * tone + n;
        }
    }

    /// <summary>Floods the low ground with brown water.</summary>
    public static void PaintWater(Canvas canvas, FloodPlain flood)
    {
        for (int y = 0; y < Canvas.Side; y++)
        for (int x = 0; x < Canvas.Side; x++)
        {
            double depth = flood.Depth(x + .5, y + .5) * 130; // the slope is about 1/400 per pixel
            if (depth <= -.5)
                continue;
            double cover = Math.Min(1, depth + .5) * Math.Min(.97, .82 + depth * .006);
            double n = 4 * Noise.Mottle(x + 40, y * 2) + 1.5 * Noise.Grain(x, y);
            canvas.Blend(x, y, cover, 104 + n, 92 + n, 70 + n);
        }
    }

    /// <summary>The unit vector towards the sun in the object's axes.</summary>
    private static (double U, double V) Towards(ObjectShape shape, Sun sun) => shape.ToLocal(shape.CenterX - sun.X, shape.CenterY - sun.Y);

    // Each returns the brightness of the paint and how much plain grey shows instead of it.

    private static (double, double) Ship(ObjectShape shape, double u, double v, double sunV)
    {
        double l = shape.Length,
            b = l * shape.Aspect / 2,
            across = v / b,
            along = u / l;
        double tone = 1 + .08 * across * sunV;
        double edge = -shape.Distance(u, v);
        if (edge < 1.2)
            return (.80 * tone, 0); // bulwark
        if (along is > -.42 and < -.24 && Math.Abs(across) < .68) // bridge: lighter roof, dark window line forward
            return along > -.265 ? (.45, .6) : (1.08 + .06 * across * sunV, .30);
        if (along is > -.22 and < .27 && Math.Abs(across) < .62) // hatches
        {
            double cell = (along + .22) / .125;
            double within = cell - Math.Floor(cell);
            return within is < .12 or > .88 || Math.Abs(across) > .55 ? (.62 * tone, .12) : (.94 * tone, 0);
        }
        return (.84 * tone, .10);
    }

    private static (double, double) Aircraft(ObjectShape shape, double u, double v, double sunV)
    {
        double l = shape.Length,
            along = u / l,
            across = v / l;
        double body = Math.Abs(across) / .06;
        if (body < 1)
        {
            if (along is > .40 and < .435 && body < .6)
                return (.35, .5); // cockpit
            if (along < -.33 && Math.Abs(across) < .012)
                return (.78, 0); // fin
            return (1.04 - .14 * body * body + .14 * body * (across * sunV > 0 ? 1 : -1), 0);
        }
        double engine = Math.Min(Math.Abs(Math.Abs(across) - .16), Math.Abs(Math.Abs(across) - .28));
        double leading = .17 - .70 * (Math.Abs(across) - .03);
        if (along > -.3 && engine < .020 && along > leading * .64 - .03)
            return (.55, .45);
        return (.90 + .06 * (across * sunV > 0 ? 1 : -1), .10);
    }

    private static (double, double) Tank(ObjectShape shape, double u, double v, double sunU, double sunV)
    {
        double radius = shape.Length / 2,
            r = Math.Sqrt(u * u + v * v) / radius;
        double facing = r > 0 ? (u * sunU + v * sunV) / (radius * r) : 0;
        double rim = Math.Max(.07, 1.6 / radius);
        if (r > 1 - rim)
            return (1.0 + .20 * facing, 0);
        // The roof floats below the rim, which shades it on the side of the sun.
        if (r > 1 - 2.3 * rim)
            return (.84 - .22 * facing, 0);
        if (r < Math.Max(.06, 1.2 / radius))
            return (.68, .2);
        if (Math.Abs(v) < .7 && u > 0)
            return (.78, .1); // ladder
        return (.93 - .05 * facing * r, 0);
    }

    private static (double, double) Roof(ObjectShape shape, double u, double v, double sunU, double sunV)
    {
        double l = shape.Length,
            b = l * shape.Aspect / 2;
        double edge = Math.Min(l / 2 - Math.Abs(u), b - Math.Abs(v));
        // A hip roof over short ends: the slope that a point is on is the one whose eave is nearest.
        bool hip = l / 2 - Math.Abs(u) < (b - Math.Abs(v)) * .55;
        double lit =
            hip ? (u > 0 ? sunU : -sunU)
            : v > 0 ? sunV
            : -sunV;
        double tone = .88 + .16 * lit;
        if (edge < 1)
            return (tone * .86, .1);
        if (!hip && Math.Abs(v) < .8)
            return (1.08, .1); // ridge
        double tile = v / 3 - Math.Floor(v / 3);
        return (tone * (tile < .3 ? .965 : 1.0), 0);
    }

    private static (double, double) Rubble(int x, int y)
    {
        // Heaps a few metres wide, shards within them, some still in the colour of the roof.
        double heap = .22 * Noise.Smooth(x * 1.3, y * 1.3) + .42 * Noise.Smooth(x * .8 + 91, y * .8 + 37) + .05 * Noise.Grain(x, y);
        double shard = Noise.Smooth(x * .9 + 300, y * .9 + 170);
        return (Math.Clamp(.95 + heap, .45, 1.45), shard > .45 ? .25 : .92);
    }
}
