using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>A picture being painted: [height, width, 3] intensities, 0 to 255 but not yet clipped.</summary>
internal sealed class Canvas
{
    /// <summary>Width and height, in pixels.</summary>
    public const int Side = ScenePlan.SceneSize;

    private readonly float[] rgb = new float[Side * Side * 3];

    /// <summary>Signed distance to an outline at a point, in pixels, negative inside.</summary>
    public delegate double Outline(double x, double y);

    /// <summary>Lays a surface over everything inside an outline, with soft edges half a pixel wide either way.</summary>
    public void Cover(Box bounds, Outline distance, Surface surface, double opacity = 1)
    {
        var (x1, y1, x2, y2) = Pixels(bounds);
        for (int y = y1; y < y2; y++)
        {
            var row = surface.Row(y);
            for (int x = x1; x < x2; x++)
            {
                double cover = 0.5 - distance(x + 0.5, y + 0.5);
                if (cover <= 0)
                    continue;
                var (r, g, b) = row.At(x);
                Blend(x, y, Math.Min(1, cover) * opacity, r, g, b);
            }
        }
    }

    /// <summary>Lays a surface over a rectangle.</summary>
    public void Cover(Box box, Surface surface, double opacity = 1)
    {
        var (x1, y1, x2, y2) = Pixels(box);
        for (int y = y1; y < y2; y++)
        {
            double outsideRows = Math.Max(box.Y1 - (y + 0.5), y + 0.5 - box.Y2);
            var row = surface.Row(y);
            for (int x = x1; x < x2; x++)
            {
                double cover = 0.5 - Math.Max(Math.Max(box.X1 - (x + 0.5), x + 0.5 - box.X2), outsideRows);
                if (cover <= 0)
                    continue;
                var (r, g, b) = row.At(x);
                Blend(x, y, Math.Min(1, cover) * opacity, r, g, b);
            }
        }
    }

    /// <summary>Lays a surface over a straight stroke.</summary>
    public void Stroke(double ax, double ay, double bx, double by, double width, Surface surface, double opacity = 1)
    {
        double dx = bx - ax,
            dy = by - ay,
            length = Math.Sqrt(dx * dx + dy * dy);
        if (length == 0)
            return;
        (dx, dy) = (dx / length, dy / length);
        double half = width / 2;
        Cover(
            new Box(Math.Min(ax, bx) - half, Math.Min(ay, by) - half, Math.Max(ax, bx) + half, Math.Max(ay, by) + half),
            (x, y) =>
            {
                double along = (x - ax) * dx + (y - ay) * dy,
                    across = (y - ay) * dx - (x - ax) * dy;
                return Math.Max(Math.Abs(across) - half, Math.Max(-along, along - length));
            },
            surface,
            opacity
        );
    }

    /// <summary>Mixes a colour into one pixel.</summary>
    public void Blend(int x, int y, double cover, double r, double g, double b)
    {
        int i = (y * Side + x) * 3;
        rgb[i] += (float)(cover * (r - rgb[i]));
        rgb[i + 1] += (float)(cover * (g - rgb[i + 1]));
        rgb[i + 2] += (float)(cover * (b - rgb[i + 2]));
    }

    /// <summary>Darkens one pixel as a shadow does: skylight is bluish, so blue loses least.</summary>
    public void Shade(int x, int y, double depth)
    {
        int i = (y * Side + x) * 3;
        rgb[i] *= (float)(1 - .60 * depth);
        rgb[i + 1] *= (float)(1 - .56 * depth);
        rgb[i + 2] *= (float)(1 - .46 * depth);
    }

    /// <summary>The 8-bit picture a sensor makes of it: gain, offset and noise of one acquisition.</summary>
    public RgbImage Expose(SeededRandom random)
    {
        double gain = random.Normal(1, .03),
            offset = random.Normal(0, 4),
            warm = random.Normal(0, .012);
        int ox = random.Next(Noise.Period),
            oy = random.Next(Noise.Period);
        Blur();
        var image = new RgbImage(Side, Side);
        for (int c = 0; c < 3; c++)
        {
            double strength = gain + (1 - c) * warm;
            for (int y = 0; y < Side; y++)
            {
                // Three far-apart places of one table serve as three channels of noise.
                var grain = Noise.GrainRow(oy + y + 57 * c);
                int at = ox + 171 * c;
                for (int x = 0, i = y * Side * 3 + c; x < Side; x++, i += 3)
                {
                    double value = rgb[i] * strength + offset + 2.2 * grain[(at + x) & (Noise.Period - 1)];
                    image.Pixels[i] = (byte)Math.Clamp(value + 0.5, 0, 255);
                }
            }
        }
        return image;
    }

    /// <summary>The blur of optics and detector: (1, 4, 1) / 6 along rows, then along columns.</summary>
    private void Blur()
    {
        foreach (var (step, line) in (ReadOnlySpan<(int, int)>)[(3, Side * 3), (Side * 3, 3)])
            for (int n = 0; n < Side; n++)
            for (int c = 0; c < 3; c++)
            {
                int i = n * line + c;
                float previous = rgb[i];
                for (int k = 1; k < Side - 1; k++)
                {
                    i += step;
                    float here = rgb[i];
                    rgb[i] = (previous + 4 * here + rgb[i + step]) * (1f / 6);
                    previous = here;
                }
            }
    }

    /// <summary>The pixels that a box and the soft edge around it touch.</summary>
    public static (int X1, int Y1, int X2, int Y2) Pixels(Box box) =>
        (
            Math.Clamp((int)Math.Floor(box.X1 - 1), 0, Side),
            Math.Clamp((int)Math.Floor(box.Y1 - 1), 0, Side),
            Math.Clamp((int)Math.Ceiling(box.X2 + 1), 0, Side),
            Math.Clamp((int)Math.Ceiling(box.Y2 + 1), 0, Side)
        );
}
