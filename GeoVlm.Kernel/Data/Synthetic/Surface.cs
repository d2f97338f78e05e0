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

    /// <summary>Brightness added at a pixel, for row crops, slab joints and ripples.</summary>
    public Func<int, int, double>? Pattern { get; init; }

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
    /// <param name="cover">How much of each pixel will be seen: a pattern is not asked for those of which nothing is.</param>
    /// <param name="brightness">Added to all channels.</param>
    /// <param name="warmth">Added to red and taken from blue.</param>
    public void Fill(int y, int from, ReadOnlySpan<double> cover, Span<double> brightness, Span<double> warmth)
    {
        Weigh(Noise.MottleRow(oy + y), ox + from, mottle, brightness);
        AddWeighed(Noise.GrainRow(oy + y), ox + from, grain, brightness);
        if (Pattern is { } pattern)
            for (int i = 0; i < cover.Length; i++)
                if (cover[i] > 0)
                    brightness[i] += pattern(from + i, y);
        if (hue == 0)
            warmth.Clear();
        else
            Weigh(Noise.MottleRow(ox + y + 97), oy + from + 211, hue, warmth);
    }

    private static void Weigh(ReadOnlySpan<float> noise, int from, double weight, Span<double> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] = weight * noise[(from + i) & (Noise.Period - 1)];
    }

    private static void AddWeighed(ReadOnlySpan<float> noise, int from, double weight, Span<double> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] += weight * noise[(from + i) & (Noise.Period - 1)];
    }
}
