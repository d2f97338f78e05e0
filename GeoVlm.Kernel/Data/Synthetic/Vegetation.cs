using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>Trees, hedges and woods, with their shadows; free-standing ones keep off the strip and off every object's site.</summary>
internal sealed class Vegetation(Canvas canvas, ScenePlan plan, Sun sun, SeededRandom random)
{
    private const int Side = Canvas.Side;

    /// <summary>Trees here and there.</summary>
    public void Trees(int count, double smallest, double largest)
    {
        for (int i = 0; i < count; i++)
            TryTree(random.Uniform(0, Side), random.Uniform(0, Side), random.Uniform(smallest, largest));
    }

    /// <summary>A closed wood in one corner.</summary>
    public void Wood()
    {
        double x = random.Chance(.5) ? 0 : Side,
            y = random.Chance(.5) ? 0 : Side,
            reach = random.Uniform(20, 80);
        int count = (int)(reach * reach / 35);
        for (int i = 0; i < count; i++)
        {
            double tx = x + random.Uniform(-reach, reach),
                ty = y + random.Uniform(-reach, reach);
            if (Math.Abs(tx - x) + Math.Abs(ty - y) < reach)
                TryTree(tx, ty, random.Uniform(4, 7.5));
        }
    }

    /// <summary>A row of bushes.</summary>
    public void Hedge(double ax, double ay, double bx, double by)
    {
        double length = Math.Max(Math.Abs(bx - ax), Math.Abs(by - ay));
        for (double t = 0; t < length; t += 4)
            Tree(
                ax + (bx - ax) * t / length + random.Uniform(-1, 1),
                ay + (by - ay) * t / length + random.Uniform(-1, 1),
                random.Uniform(2.5, 4.8)
            );
    }

    private void TryTree(double x, double y, double radius)
    {
        if (x < -radius || y < -radius || x > Side + radius || y > Side + radius)
            return;
        double clear = radius + 2;
        var crown = new Box(x - clear, y - clear, x + clear, y + clear);
        if (!plan.Layout.Strip.Intersect(crown).IsEmpty)
            return;
        if (plan.Sites.All(o => o.Shape.Extent.Intersect(crown).IsEmpty))
            Tree(x, y, radius);
    }

    private void Tree(double x, double y, double radius)
    {
        double ox = random.Uniform(0, 512),
            oy = random.Uniform(0, 512),
            reach = radius * .9,
            dark = random.Normal(0, 7),
            warm = random.Normal(0, 5);
        double Crown(double px, double py)
        {
            double dx = px - x,
                dy = py - y;
            double even = Math.Sqrt(dx * dx + dy * dy) - radius;
            return Noise.Decides(even, radius * .45) ? even + radius * .45 * Noise.Smooth(ox + px * 5, oy + py * 5) : even;
        }
        double around = radius * 1.5;
        var (x1, y1, x2, y2) = Canvas.Pixels(
            new Box(
                x - around + Math.Min(0, sun.X * reach),
                y - around + Math.Min(0, sun.Y * reach),
                x + around + Math.Max(0, sun.X * reach),
                y + around + Math.Max(0, sun.Y * reach)
            )
        );
        for (int py = y1; py < y2; py++)
        for (int px = x1; px < x2; px++)
        {
            double shade = Math.Clamp(.5 - Crown(px + .5 - sun.X * reach, py + .5 - sun.Y * reach), 0, 1);
            if (shade > 0)
                canvas.Shade(px, py, shade * .8);
            double cover = Math.Min(1, .5 - Crown(px + .5, py + .5));
            if (cover <= 0)
                continue;
            double facing = -((px + .5 - x) * sun.X + (py + .5 - y) * sun.Y) / radius;
            double n = 17 * facing + 12 * Noise.Smooth(ox + px * 2, oy + py * 2) + 4 * Noise.Grain((int)ox + px, (int)oy + py) + dark;
            canvas.Blend(px, py, cover, 60 + n * .9 + warm, 80 + n, 46 + n * .7);
        }
    }
}
