using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>A picture being painted: three planes [height, width] of intensities, 0 to 255 but not yet clipped.</summary>
/// <remarks>Rows are mixed several pixels at a time, by the operations and in the order of a single pixel, so the bytes do not depend on the
/// processor.</remarks>
internal sealed class Canvas
{
    /// <summary>Width and height, in pixels.</summary>
    public const int Side = ScenePlan.SceneSize;

    /// <summary>Pixels either side of an outline in which the cover goes from all to nothing.</summary>
    public const double SoftEdge = 0.5;

    private readonly float[] red = new float[Side * Side],
        green = new float[Side * Side],
        blue = new float[Side * Side];

    /// <summary>Signed distance to an outline at a point, in pixels, negative inside.</summary>
    public delegate double Outline(double x, double y);

    /// <summary>Lays a surface over everything inside an outline, with soft edges half a pixel wide either way.</summary>
    [SkipLocalsInit]
    public void Cover(Box bounds, Outline distance, Surface surface, double opacity = 1)
    {
        var (x1, y1, x2, y2) = Pixels(bounds);
        Span<double> cover = stackalloc double[Math.Max(0, x2 - x1)];
        for (int y = y1; y < y2; y++)
        {
            for (int i = 0; i < cover.Length; i++)
                cover[i] = Math.Clamp(SoftEdge - distance(x1 + i + 0.5, y + 0.5), 0, 1) * opacity;
            Lay(surface, x1, y, cover);
        }
    }

    /// <summary>Lays a surface over a rectangle.</summary>
    [SkipLocalsInit]
    public void Cover(Box box, Surface surface, double opacity = 1)
    {
        var (x1, y1, x2, y2) = Pixels(box);
        Span<double> outside = stackalloc double[Math.Max(0, x2 - x1)],
            cover = stackalloc double[outside.Length];
        for (int i = 0; i < outside.Length; i++)
            outside[i] = Math.Max(box.X1 - (x1 + i + 0.5), x1 + i + 0.5 - box.X2);
        double before = double.NaN;
        for (int y = y1; y < y2; y++)
        {
            // Rows well inside are all covered alike.
            double rows = Math.Max(Math.Max(box.Y1 - (y + 0.5), y + 0.5 - box.Y2), -SoftEdge);
            if (rows != before)
                for (int i = 0; i < cover.Length; i++)
                    cover[i] = Math.Clamp(SoftEdge - Math.Max(outside[i], rows), 0, 1) * opacity;
            before = rows;
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
    [SkipLocalsInit]
    public RgbImage Expose(SeededRandom random)
    {
        double gain = random.Normal(1, .03),
            offset = random.Normal(0, 4),
            warm = random.Normal(0, .012);
        int ox = random.Next(Noise.Period),
            oy = random.Next(Noise.Period);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(Side * Side * 3);
        Span<float> above = stackalloc float[Side],
            here = stackalloc float[Side],
            below = stackalloc float[Side],
            blurred = stackalloc float[Side],
            grain = stackalloc float[Side];
        Span<int> values = stackalloc int[Side];
        foreach (var (c, plane) in new[] { red, green, blue }.Index())
        {
            double strength = gain + (1 - c) * warm;
            BlurAcross(plane.AsSpan(0, Side), here);
            for (int y = 0; y < Side; y++)
            {
                bool outermost = y is 0 or Side - 1;
                if (y + 1 < Side)
                    BlurAcross(plane.AsSpan((y + 1) * Side, Side), below);
                if (!outermost)
                    Smooth(above, here, below, blurred);
                // Three far-apart places of one table serve as three channels of noise.
                Noise.Grain(ox + 171 * c, oy + y + 57 * c, grain);
                Develop(outermost ? here : blurred, strength, offset, grain, values);
                var row = pixels.AsSpan(y * Side * 3 + c);
                for (int x = 0; x < Side; x++)
                    row[x * 3] = (byte)values[x];
                var free = above;
                above = here;
                here = below;
                below = free;
            }
        }
        return new(Side, Side, pixels);
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
    [SkipLocalsInit]
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
        int at = y * Side + from;
        Mix(at, cover, surface.Color, brightness, warmth);
    }

    /// <summary>Mixes color + brightness into a stretch of the planes, warmth added to red and taken from blue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix(
        int at,
        ReadOnlySpan<double> cover,
        (double R, double G, double B) color,
        ReadOnlySpan<double> brightness,
        ReadOnlySpan<double> warmth
    )
    {
        int step = Vector256<double>.Count,
            done = cover.Length / step * step;
        ref float reds = ref red.AsSpan(at, cover.Length)[0],
            greens = ref green.AsSpan(at, cover.Length)[0],
            blues = ref blue.AsSpan(at, cover.Length)[0];
        var (r, g, b) = (Vector256.Create(color.R), Vector256.Create(color.G), Vector256.Create(color.B));
        for (int i = 0; i < done; i += step)
        {
            var share = Vector256.Create(cover.Slice(i, step));
            var light = Vector256.Create(brightness.Slice(i, step));
            var warm = Vector256.Create(warmth.Slice(i, step));
            Mix(ref reds, i, share, r + light + warm);
            Mix(ref greens, i, share, g + light);
            Mix(ref blues, i, share, b + light - warm);
        }
        for (int i = done; i < cover.Length; i++)
            Blend(
                at % Side + i,
                at / Side,
                cover[i],
                color.R + brightness[i] + warmth[i],
                color.G + brightness[i],
                color.B + brightness[i] - warmth[i]
            );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref float plane, int i, Vector256<double> share, Vector256<double> wanted)
    {
        var before = Vector128.LoadUnsafe(ref plane, (nuint)i);
        var wide = Vector256.Create(Vector128.WidenLower(before), Vector128.WidenUpper(before));
        var change = share * (wanted - wide);
        (before + Vector128.Narrow(change.GetLower(), change.GetUpper())).StoreUnsafe(ref plane, (nuint)i);
    }

    // The blur of optics and detector is (1, 4, 1) / 6 along rows, then along columns; the outermost pixels stay.
    private static void BlurAcross(ReadOnlySpan<float> row, Span<float> result)
    {
        (result[0], result[^1]) = (row[0], row[^1]);
        Smooth(row[..^2], row[1..^1], row[2..], result[1..^1]);
    }

    // The last vector overlaps the one before.
    private static void Smooth(ReadOnlySpan<float> before, ReadOnlySpan<float> here, ReadOnlySpan<float> after, Span<float> result)
    {
        int step = Vector<float>.Count;
        for (int i = 0; i < result.Length; i += step)
        {
            int at = Math.Min(i, result.Length - step);
            ((new Vector<float>(before[at..]) + new Vector<float>(here[at..]) * 4 + new Vector<float>(after[at..])) * (1f / 6)).CopyTo(
                result[at..]
            );
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
