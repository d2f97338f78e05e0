using System.Numerics;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>A picture being painted: three planes [height, width] of intensities, 0 to 255 but not yet clipped.</summary>
/// <remarks>Rows are mixed several pixels at a time, by the operations and in the order of a single pixel, so the bytes do not depend on the
/// processor.</remarks>
internal sealed class Canvas
{
    /// <summary>Width and height, in pixels.</summary>
    public const int Side = ScenePlan.SceneSize;

    private readonly float[] red = new float[Side * Side],
        green = new float[Side * Side],
        blue = new float[Side * Side];

    /// <summary>Signed distance to an outline at a point, in pixels, negative inside.</summary>
    public delegate double Outline(double x, double y);

    /// <summary>Lays a surface over everything inside an outline, with soft edges half a pixel wide either way.</summary>
    public void Cover(Box bounds, Outline distance, Surface surface, double opacity = 1)
    {
        var (x1, y1, x2, y2) = Pixels(bounds);
        Span<double> cover = stackalloc double[Math.Max(0, x2 - x1)];
        for (int y = y1; y < y2; y++)
        {
            for (int i = 0; i < cover.Length; i++)
                cover[i] = Math.Clamp(0.5 - distance(x1 + i + 0.5, y + 0.5), 0, 1) * opacity;
            Lay(surface, x1, y, cover);
        }
    }

    /// <summary>Lays a surface over a rectangle.</summary>
    public void Cover(Box box, Surface surface, double opacity = 1)
    {
        var (x1, y1, x2, y2) = Pixels(box);
        Span<double> outside = stackalloc double[Math.Max(0, x2 - x1)],
            cover = stackalloc double[outside.Length];
        for (int i = 0; i < outside.Length; i++)
            outside[i] = Math.Max(box.X1 - (x1 + i + 0.5), x1 + i + 0.5 - box.X2);
        for (int y = y1; y < y2; y++)
        {
            double rows = Math.Max(box.Y1 - (y + 0.5), y + 0.5 - box.Y2);
            for (int i = 0; i < cover.Length; i++)
                cover[i] = Math.Clamp(0.5 - Math.Max(outside[i], rows), 0, 1) * opacity;
            Lay(surface, x1, y, cover);
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
        int i = y * Side + x;
        red[i] += (float)(cover * (r - red[i]));
        green[i] += (float)(cover * (g - green[i]));
        blue[i] += (float)(cover * (b - blue[i]));
    }

    /// <summary>Darkens one pixel as a shadow does: skylight is bluish, so blue loses least.</summary>
    public void Shade(int x, int y, double depth)
    {
        int i = y * Side + x;
        red[i] *= (float)(1 - .60 * depth);
        green[i] *= (float)(1 - .56 * depth);
        blue[i] *= (float)(1 - .46 * depth);
    }

    /// <summary>The 8-bit picture a sensor makes of it: gain, offset and noise of one acquisition.</summary>
    public RgbImage Expose(SeededRandom random)
    {
        double gain = random.Normal(1, .03),
            offset = random.Normal(0, 4),
            warm = random.Normal(0, .012);
        int ox = random.Next(Noise.Period),
            oy = random.Next(Noise.Period);
        var image = new RgbImage(Side, Side);
        Span<float> grain = stackalloc float[Side];
        Span<int> values = stackalloc int[Side];
        foreach (var (c, plane) in new[] { red, green, blue }.Index())
        {
            Blur(plane);
            double strength = gain + (1 - c) * warm;
            for (int y = 0; y < Side; y++)
            {
                // Three far-apart places of one table serve as three channels of noise.
                Noise.Grain(ox + 171 * c, oy + y + 57 * c, grain);
                Develop(plane.AsSpan(y * Side, Side), strength, offset, grain, values);
                var pixels = image.Pixels.AsSpan(y * Side * 3 + c);
                for (int x = 0; x < Side; x++)
                    pixels[x * 3] = (byte)values[x];
            }
        }
        return image;
    }

    /// <summary>value · strength + offset + 2.2 · grain, rounded and clipped to 0–255; the lengths are a multiple of a vector's.</summary>
    private static void Develop(ReadOnlySpan<float> row, double strength, double offset, ReadOnlySpan<float> grain, Span<int> result)
    {
        for (int i = 0; i < row.Length; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(row[i..]), out var low, out var high);
            Vector.Widen(new Vector<float>(grain[i..]), out var grainLow, out var grainHigh);
            // Whole numbers up to 255 pass through float32 unchanged.
            Vector.ConvertToInt32(Vector.Narrow(Round(low, grainLow), Round(high, grainHigh))).CopyTo(result[i..]);
        }

        Vector<double> Round(Vector<double> value, Vector<double> noise) =>
            Vector.Floor(
                Vector.Min(
                    Vector.Max(value * strength + new Vector<double>(offset) + noise * 2.2 + new Vector<double>(0.5), Vector<double>.Zero),
                    new Vector<double>(255)
                )
            );
    }

    /// <summary>Mixes a surface into a stretch of a row.</summary>
    /// <param name="surface">The surface.</param>
    /// <param name="from">First column.</param>
    /// <param name="y">Row.</param>
    /// <param name="cover">How much of each pixel it takes, 0 to 1.</param>
    private void Lay(Surface surface, int from, int y, ReadOnlySpan<double> cover)
    {
        int first = cover.IndexOfAnyExcept(0);
        if (first < 0)
            return;
        cover = cover[first..(cover.LastIndexOfAnyExcept(0) + 1)];
        from += first;
        Span<double> brightness = stackalloc double[cover.Length],
            warmth = stackalloc double[cover.Length];
        surface.Fill(y, from, cover, brightness, warmth);
        var (r, g, b) = surface.Color;
        int at = y * Side + from;
        Mix(red.AsSpan(at, cover.Length), cover, r, brightness, 1, warmth);
        Mix(green.AsSpan(at, cover.Length), cover, g, brightness, 0, warmth);
        Mix(blue.AsSpan(at, cover.Length), cover, b, brightness, -1, warmth);
    }

    /// <summary>Mixes color + brightness + sign · warmth into a stretch of a plane.</summary>
    private static void Mix(
        Span<float> plane,
        ReadOnlySpan<double> cover,
        double color,
        ReadOnlySpan<double> brightness,
        double sign,
        ReadOnlySpan<double> warmth
    )
    {
        int width = Vector<float>.Count,
            done = plane.Length / width * width;
        for (int i = 0; i < done; i += width)
        {
            var before = new Vector<float>(plane[i..]);
            Vector.Widen(before, out var low, out var high);
            low = Change(low, i, cover, color, brightness, sign, warmth);
            high = Change(high, i + width / 2, cover, color, brightness, sign, warmth);
            (before + Vector.Narrow(low, high)).CopyTo(plane[i..]);
        }
        for (int i = done; i < plane.Length; i++)
            plane[i] += (float)(cover[i] * (color + brightness[i] + sign * warmth[i] - plane[i]));

        static Vector<double> Change(
            Vector<double> before,
            int i,
            ReadOnlySpan<double> cover,
            double color,
            ReadOnlySpan<double> brightness,
            double sign,
            ReadOnlySpan<double> warmth
        ) =>
            new Vector<double>(cover[i..])
            * (new Vector<double>(color) + new Vector<double>(brightness[i..]) + new Vector<double>(warmth[i..]) * sign - before);
    }

    /// <summary>The blur of optics and detector: (1, 4, 1) / 6 along rows, then along columns; the outermost pixels stay.</summary>
    private static void Blur(float[] plane)
    {
        Span<float> before = stackalloc float[Side],
            here = stackalloc float[Side];
        for (int y = 0; y < Side; y++)
        {
            var row = plane.AsSpan(y * Side, Side);
            row.CopyTo(here);
            Smooth(here[..^2], here[1..^1], here[2..], row[1..^1]);
        }
        plane.AsSpan(0, Side).CopyTo(before);
        for (int y = 1; y < Side - 1; y++)
        {
            var row = plane.AsSpan(y * Side, Side);
            row.CopyTo(here);
            Smooth(before, here, plane.AsSpan((y + 1) * Side, Side), row);
            here.CopyTo(before);
        }
    }

    private static void Smooth(ReadOnlySpan<float> before, ReadOnlySpan<float> here, ReadOnlySpan<float> after, Span<float> result)
    {
        int width = Vector<float>.Count,
            done = result.Length / width * width;
        for (int i = 0; i < done; i += width)
            ((new Vector<float>(before[i..]) + new Vector<float>(here[i..]) * 4 + new Vector<float>(after[i..])) * (1f / 6)).CopyTo(
                result[i..]
            );
        for (int i = done; i < result.Length; i++)
            result[i] = (before[i] + 4 * here[i] + after[i]) * (1f / 6);
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
