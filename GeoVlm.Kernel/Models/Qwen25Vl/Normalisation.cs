using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GeoVlm.Data;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Bytes of one colour to what the model takes: part of 255, less the mean, over the standard deviation.</summary>
/// <remarks>Computed in double precision and rounded once. Vectors give the same numbers, or are not used.</remarks>
internal sealed class Normalisation
{
    private const int Channels = 3,
        Pixels = 8;

    // A number of double precision as two single ones: sums and products of the coarse ones need no rounding, so that the
    // sum with the fine ones is rounded once, as the exact number is.
    private const double CoarseStep = 1.0 / (1 << 21);

    private readonly int channel;
    private readonly float[] levels;
    private readonly float slope,
        offset,
        fineSlope,
        fineOffset;
    private readonly bool areExact;

    // Eight pixels are 24 bytes, or two vectors that lie 8 apart.
    private readonly Vector128<byte> low,
        high;

    /// <summary>Creates it.</summary>
    /// <param name="channel">0 for red, 1 for green, 2 for blue.</param>
    /// <param name="mean">On the scale 0 to 1.</param>
    /// <param name="standardDeviation">The same.</param>
    public Normalisation(int channel, double mean, double standardDeviation)
    {
        this.channel = channel;
        levels = [.. Enumerable.Range(0, 256).Select(level => (float)((level / 255.0 - mean) / standardDeviation))];
        (low, high) = (Places(channel), Places(channel - 8));
        (slope, fineSlope) = Split(1 / (255 * standardDeviation));
        (offset, fineOffset) = Split(-mean / standardDeviation);
        areExact = levels
            .Select((value, level) => value == level * slope + offset + MathF.FusedMultiplyAdd(level, fineSlope, fineOffset))
            .All(same => same);
    }

    /// <summary>Whether squares of this size are computed with vectors on this machine.</summary>
    public bool UsesVectors(int size) => areExact && size >= Pixels && Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Writes a square of a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="left">Its first column.</param>
    /// <param name="top">Its first row.</param>
    /// <param name="size">Its edge.</param>
    /// <param name="target">Row by row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(RgbImage image, int left, int top, int size, Span<float> target)
    {
        int stride = image.Width * Channels;
        // What is read and written below is checked here, once.
        ref byte row = ref MemoryMarshal.GetReference(image.Pixels.AsSpan(image.Offset(left, top), (size - 1) * stride + size * Channels));
        ref float to = ref MemoryMarshal.GetReference(target[..(size * size)]);
        bool vectors = UsesVectors(size);
        for (int y = 0; y < size; y++, row = ref Unsafe.Add(ref row, stride), to = ref Unsafe.Add(ref to, size))
            if (vectors)
                Compute(ref row, ref to, size);
            else
                for (int x = 0; x < size; x++)
                    Unsafe.Add(ref to, x) = levels[Unsafe.Add(ref row, Channels * x + channel)];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Compute(ref byte row, ref float to, int size)
    {
        for (int x = 0; x < size; x += Pixels)
        {
            // The last eight overlap those before, so that none is left over.
            nuint start = (nuint)Math.Min(x, size - Pixels);
            var bytes =
                Ssse3.Shuffle(Vector128.LoadUnsafe(ref row, 3 * start), low)
                | Ssse3.Shuffle(Vector128.LoadUnsafe(ref row, 3 * start + 8), high);
            var value = Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(bytes));
            var coarse = value * slope + Vector256.Create(offset);
            (coarse + Fma.MultiplyAdd(value, Vector256.Create(fineSlope), Vector256.Create(fineOffset))).StoreUnsafe(ref to, start);
        }
    }

    // Where a vector has the channel of eight pixels, the first of which it has at this place; one outside of it gives a zero.
    private static Vector128<byte> Places(int first)
    {
        Span<byte> places = stackalloc byte[16];
        places.Fill(255);
        for (int i = 0; i < Pixels; i++)
            if (first + Channels * i is >= 0 and < 16 and var place)
                places[i] = (byte)place;
        return Vector128.Create<byte>(places);
    }

    private static (float Coarse, float Fine) Split(double exact)
    {
        double coarse = Math.Round(exact / CoarseStep) * CoarseStep;
        return ((float)coarse, (float)(exact - coarse));
    }
}
