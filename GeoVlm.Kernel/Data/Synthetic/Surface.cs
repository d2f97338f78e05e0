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

    /// <summary>The colours of a row.</summary>
    public SurfaceRow Row(int y) => new(this, y);

    /// <summary>A row of a surface: what all its pixels share is looked up once.</summary>
    internal readonly ref struct SurfaceRow(Surface surface, int y)
    {
        private readonly ReadOnlySpan<float> spots = Noise.MottleRow(surface.oy + y),
            grains = Noise.GrainRow(surface.oy + y),
            hues = Noise.MottleRow(surface.ox + y + 97);

        /// <summary>The colour at a pixel.</summary>
        public (double R, double G, double B) At(int x)
        {
            int at = (surface.ox + x) & (Noise.Period - 1);
            double n = surface.mottle * spots[at] + surface.grain * grains[at];
            if (surface.Pattern is { } pattern)
                n += pattern(x, y);
            double h = surface.hue == 0 ? 0 : surface.hue * hues[(surface.oy + x + 211) & (Noise.Period - 1)];
            return (surface.red + n + h, surface.green + n, surface.blue + n - h);
        }
    }
}
