using System.Numerics;
using System.Runtime.CompilerServices;
using GeoVlm.Data;

namespace GeoVlm.Rendering;

/// <summary>Enlarges a picture with Mitchell and Netravali's cubic: rows first, then columns, several times as fast as over both at
/// once.</summary>
/// <remarks>Source: Mitchell and Netravali, "Reconstruction filters in computer graphics", 1988, B = C = 1/3. Pixels beyond the edge are
/// those of the edge.</remarks>
internal static class Enlargement
{
    private const int Taps = 4;

    // Vectors of the machine's own width are not compiled ahead of time: without this the first pictures run unoptimized.
    private const MethodImplOptions AtOnce = MethodImplOptions.AggressiveOptimization;

    /// <summary>The picture at a size no smaller than its own: [height, width, 4] bytes, blue, green, red, opaque.</summary>
    public static byte[] Of(RgbImage image, int width, int height)
    {
        var across = Weights(image.Width, width);
        var down = Weights(image.Height, height);
        int line = width * 4;
        // A new row is made of four neighbours, each of them widened once, when it is first needed.
        float[][] widened = [.. Enumerable.Range(0, Taps).Select(_ => new float[line])];
        int done = 0;
        float[] sums = new float[line];
        byte[] enlarged = new byte[height * line];
        for (int y = 0; y < height; y++)
        {
            var taps = down.AsSpan(y * Taps, Taps);
            for (; done <= taps[^1].At; done++)
                Widen(image.Pixels.AsSpan(done * image.Width * 3, image.Width * 3), across, widened[done % Taps]);
            Array.Clear(sums);
            foreach (var (at, weight) in taps)
                Add(weight, widened[at % Taps], sums);
            ToBytes(sums, enlarged.AsSpan(y * line, line));
        }
        return enlarged;
    }

    [MethodImpl(AtOnce)]
    private static void Widen(ReadOnlySpan<byte> row, (int At, float Weight)[] taps, float[] wide)
    {
        for (int i = 0; i < wide.Length; i += 4)
        {
            var sum = Vector4.Zero;
            foreach (var (at, weight) in taps.AsSpan(i, Taps))
                sum += weight * new Vector4(row[at * 3 + 2], row[at * 3 + 1], row[at * 3], 255);
            sum.CopyTo(wide, i);
        }
    }

    [MethodImpl(AtOnce)]
    private static void Add(float weight, float[] row, float[] sums)
    {
        int i = 0;
        for (; i <= sums.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sums, i) + weight * new Vector<float>(row, i)).CopyTo(sums, i);
        for (; i < sums.Length; i++)
            sums[i] += weight * row[i];
    }

    [MethodImpl(AtOnce)]
    private static void ToBytes(float[] sums, Span<byte> bytes)
    {
        int step = Vector<float>.Count,
            i = 0;
        for (; i <= sums.Length - 4 * step; i += 4 * step)
            Vector
                .Narrow(Vector.Narrow(Level(i), Level(i + step)), Vector.Narrow(Level(i + 2 * step), Level(i + 3 * step)))
                .CopyTo(bytes[i..]);
        for (; i < sums.Length; i++)
            bytes[i] = (byte)Math.Clamp(sums[i] + 0.5f, 0, 255);

        Vector<uint> Level(int at) =>
            Vector.ConvertToUInt32(
                Vector.Min(Vector.Max(new Vector<float>(sums, at) + new Vector<float>(0.5f), Vector<float>.Zero), new Vector<float>(255))
            );
    }

    // The four pixels that each new one is made of, and their shares.
    private static (int At, float Weight)[] Weights(int from, int to)
    {
        var weights = new (int, float)[to * Taps];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * from / to - 0.5;
            int first = (int)Math.Floor(centre) - 1;
            for (int k = 0; k < Taps; k++)
                weights[i * Taps + k] = (Math.Clamp(first + k, 0, from - 1), (float)Cubic(Math.Abs(first + k - centre)));
        }
        return weights;
    }

    private static double Cubic(double t) =>
        t < 1 ? (7 * t * t * t - 12 * t * t + 16 / 3.0) / 6
        : t < 2 ? (-7 / 3.0 * t * t * t + 12 * t * t - 20 * t + 32 / 3.0) / 6
        : 0;
}
