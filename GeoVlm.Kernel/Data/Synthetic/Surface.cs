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

    /// <summary>The colour at a pixel.</summary>
    public (double R, double G, double B) At(int x, int y)
    {
        double n = mottle * Noise.Mottle(ox + x, oy + y) + grain * Noise.Grain(ox + x, oy + y);
        if (Pattern is not null)
            n += Pattern(x, y);
        double h = hue == 0 ? 0 : hue * Noise.Mottle(oy + x + 211, ox + y + 97);
        return (red + n + h, green + n, blue + n - h);
    }
}
