using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GeoVlm.Data.Synthetic;

/// <summary>A material of the ground: a colour with soft spots, grain, and perhaps rows or ripples.</summary>
internal sealed class Surface
{
    private readonly double red,
        green,
        blue,
        mottle,
        grain,
        hue;
    private readonly int ox,
        oy;

    /// <summary>Adds to the brightness of a stretch of a row.</summary>
    /// <param name="from">First column.</param>
    /// <param name="y">Row.</param>
    /// <param name="cover">How much of each pixel will be seen: nobody asks about those of which nothing is.</param>
    /// <param name="brightness">What it adds to.</param>
    public delegate void RowPattern(int from, int y, ReadOnlySpan<double> cover, Span<double> brightness);

    /// <summary>Row crops, slab joints and ripples.</summary>
    public RowPattern? Pattern { get; init; }

    public Surface((double R, double G, double B) color, double mottle, double grain, SeededRandom random, double hue = 0, double tint = 5)
    {
        double light = random.Normal(0, tint);
        (red, green, blue) = (color.R + light + random.Normal(0, tint / 3), color.G + light, color.B + light + random.Normal(0, tint / 3));
        (this.mottle, this.grain, this.hue) = (mottle, grain, hue);
        (ox, oy) = (random.Next(Noise.Period), random.Next(Noise.Period));
    }

    /// <summary>What each channel of the colour is before spots and grain: red, green, blue.</summary>
    public (double R, double G, double B) Color => (red, green, blue);

    /// <summary>What a stretch of a row differs by from <see cref="Color"/>.</summary>
    /// <param name="y">Row.</param>
    /// <param name="from">First column.</param>
    /// <param name="cover">How much of each pixel will be seen.</param>
    /// <param name="brightness">Added to all channels.</param>
    /// <param name="warmth">Added to red and taken from blue.</param>
    public void Fill(int y, int from, ReadOnlySpan<double> cover, Span<double> brightness, Span<double> warmth)
    {
        Weigh(Noise.MottleRow(oy + y), ox + from, mottle, brightness, add: false);
        Weigh(Noise.GrainRow(oy + y), ox + from, grain, brightness, add: true);
        Pattern?.Invoke(from, y, cover, brightness);
        if (hue == 0)
            warmth.Clear();
        else
            Weigh(Noise.MottleRow(ox + y + 97), oy + from + 211, hue, warmth, add: false);
    }

    private static void Weigh(ReadOnlySpan<float> noise, int from, double weight, Span<double> result, bool add)
    {
        from &= Noise.Period - 1;
        int first = Math.Min(result.Length, Noise.Period - from);
        Weigh(noise.Slice(from, first), weight, result[..first], add);
        if (first < result.Length)
            Weigh(noise[..(result.Length - first)], weight, result[first..], add);
    }

    // Several at a time, by the operations of one: the numbers do not depend on the processor.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(ReadOnlySpan<float> noise, double weight, Span<double> result, bool add)
    {
        int step = Vector128<float>.Count,
            done = noise.Length / step * step;
        var factor = Vector256.Create(weight);
        for (int i = 0; i < done; i += step)
        {
            var four = Vector128.Create(noise.Slice(i, step));
            var weighed = Vector256.Create(Vector128.WidenLower(four), Vector128.WidenUpper(four)) * factor;
            var target = result.Slice(i, step);
            (add ? Vector256.Create<double>(target) + weighed : weighed).CopyTo(target);
        }
        for (int i = done; i < noise.Length; i++)
            result[i] = add ? result[i] + weight * noise[i] : weight * noise[i];
    }
}
