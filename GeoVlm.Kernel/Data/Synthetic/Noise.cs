namespace GeoVlm.Data.Synthetic;

/// <summary>Fixed tables of noise that tile every <see cref="Period"/> pixels, computed once with exact arithmetic.</summary>
internal static class Noise
{
    /// <summary>Width and height of the tables; a power of two.</summary>
    public const int Period = 512;

    private static readonly float[] mottle = Fractal(new SeededRandom(7), (8, .5), (16, .4), (64, .35), (256, .3));
    private static readonly float[] grain = White(new SeededRandom(8));

    private static readonly double largest = mottle.Max(Math.Abs) + 1e-6;

    /// <summary>Soft spots of many sizes, about zero, deviation about 0.5.</summary>
    public static double Mottle(int x, int y) => mottle[(y & (Period - 1)) * Period + (x & (Period - 1))];

    /// <summary>Independent at each pixel, standard normal.</summary>
    public static double Grain(int x, int y) => grain[(y & (Period - 1)) * Period + (x & (Period - 1))];

    /// <summary>Grain of a stretch of a row, from a column on; no longer than a period.</summary>
    public static void Grain(int x, int y, Span<float> result)
    {
        var row = GrainRow(y);
        int from = x & (Period - 1),
            first = Math.Min(result.Length, Period - from);
        row.Slice(from, first).CopyTo(result);
        row[..(result.Length - first)].CopyTo(result[first..]);
    }

    /// <summary>A row of <see cref="Mottle"/>, one period long.</summary>
    public static ReadOnlySpan<float> MottleRow(int y) => mottle.AsSpan((y & (Period - 1)) * Period, Period);

    /// <summary>A row of <see cref="Grain(int, int)"/>, one period long.</summary>
    public static ReadOnlySpan<float> GrainRow(int y) => grain.AsSpan((y & (Period - 1)) * Period, Period);

    /// <summary><see cref="Mottle"/> between its grid points.</summary>
    public static double Smooth(double x, double y)
    {
        double fx = Math.Floor(x),
            fy = Math.Floor(y);
        int ix = (int)fx,
            iy = (int)fy;
        (x, y) = (x - fx, y - fy);
        double top = Mottle(ix, iy) * (1 - x) + Mottle(ix + 1, iy) * x;
        double bottom = Mottle(ix, iy + 1) * (1 - x) + Mottle(ix + 1, iy + 1) * x;
        return top * (1 - y) + bottom * y;
    }

    /// <summary>Whether so much of <see cref="Smooth"/> can decide how far a pixel is covered, whose distance to an outline is this without it.</summary>
    /// <remarks>Where it cannot, the distance alone says inside or outside: most pixels need no noise.</remarks>
    public static bool Decides(double distance, double weight) => Math.Abs(distance) <= weight * largest + Canvas.SoftEdge + 1e-6;

    private static float[] Fractal(SeededRandom random, params ReadOnlySpan<(int Cells, double Weight)> octaves)
    {
        var table = new float[Period * Period];
        foreach (var (cells, weight) in octaves)
        {
            var lattice = White(random, cells);
            for (int y = 0; y < Period; y++)
            for (int x = 0; x < Period; x++)
            {
                double gx = x * (double)cells / Period,
                    gy = y * (double)cells / Period;
                int ix = (int)gx,
                    iy = (int)gy,
                    jx = (ix + 1) % cells,
                    jy = (iy + 1) % cells;
                double fx = Ease(gx - ix),
                    fy = Ease(gy - iy);
                double top = lattice[iy * cells + ix] * (1 - fx) + lattice[iy * cells + jx] * fx;
                double bottom = lattice[jy * cells + ix] * (1 - fx) + lattice[jy * cells + jx] * fx;
                table[y * Period + x] += (float)(weight * (top * (1 - fy) + bottom * fy));
            }
        }
        return table;
        static double Ease(double t) => t * t * (3 - 2 * t);
    }

    private static float[] White(SeededRandom random, int side = Period)
    {
        var table = new float[side * side];
        for (int i = 0; i < table.Length; i++)
            table[i] = (float)random.Normal();
        return table;
    }
}
