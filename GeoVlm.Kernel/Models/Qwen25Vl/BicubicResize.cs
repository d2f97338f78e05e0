using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GeoVlm.Data;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Pillow's bicubic resize with antialiasing, bit for bit: what the model's images went through in training.</summary>
/// <remarks>
/// A separable filter in fixed point with 22 fractional bits, rounded to 8 bits between its two passes; the kernel is Keys' cubic with
/// a = -0.5, widened by the scale when shrinking. Resized pictures compare equal to Pillow 13's, which takes the columns first where the
/// height loses more than twice what the width does; older ones always took the rows first, and then differ by a few levels at edges.
/// </remarks>
internal static class BicubicResize
{
    private const int FractionBits = 22,
        Half = 1 << (FractionBits - 1);

    // A band of rows on its side: a column of it is one run of bytes, and a filter along the rows is a sum of such runs.
    // A column is a line of the cache and one vector of 512 bits.
    private const int BandRows = 20,
        ColumnStride = 64;

    /// <summary>The picture at another size; the same object when the size is already right.</summary>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        if (image.Width == width && image.Height == height)
            return image;
        byte[] result = GC.AllocateUninitializedArray<byte>(height * width * 3);
        Resize(image, width, height, result);
        return new(width, height, result);
    }

    /// <summary>Writes the picture at another size.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="target">[height, width, 3], and perhaps more that is left alone.</param>
    public static void Resize(RgbImage image, int width, int height, byte[] target)
    {
        if (image.Width == width)
            Vertical(image.Pixels, width * 3, Filter.Of(image.Height, height), target);
        else if (image.Height == height)
            Horizontal(image, Filter.Of(image.Width, width), target);
        else if (image.Height > height && image.Height - height > 2 * (image.Width - width))
        {
            byte[] lowered = ArrayPool<byte>.Shared.Rent(height * image.Width * 3);
            Vertical(image.Pixels, image.Width * 3, Filter.Of(image.Height, height), lowered);
            Horizontal(new RgbImage(image.Width, height, lowered), Filter.Of(image.Width, width), target);
            ArrayPool<byte>.Shared.Return(lowered);
        }
        else
        {
            byte[] narrowed = ArrayPool<byte>.Shared.Rent(image.Height * width * 3);
            Horizontal(image, Filter.Of(image.Width, width), narrowed);
            Vertical(narrowed, width * 3, Filter.Of(image.Height, height), target);
            ArrayPool<byte>.Shared.Return(narrowed);
        }
    }

    private static void Horizontal(RgbImage image, Filter filter, byte[] target)
    {
        int width = filter.OutputSize,
            rows = Math.Min(BandRows, image.Height);
        byte[] columns = ArrayPool<byte>.Shared.Rent(image.Width * ColumnStride),
            narrowed = ArrayPool<byte>.Shared.Rent(width * ColumnStride);
        for (int y = 0; y < image.Height; y += rows)
        {
            // The last band overlaps the one before, so that each has as many rows.
            int top = Math.Min(y, image.Height - rows);
            Turn(image.Pixels.AsSpan(image.Offset(0, top)), image.Width * 3, image.Width, rows, columns, ColumnStride);
            Vertical(columns, ColumnStride, filter, narrowed);
            Turn(narrowed, ColumnStride, rows, width, target.AsSpan(top * width * 3), width * 3);
        }
        ArrayPool<byte>.Shared.Return(columns);
        ArrayPool<byte>.Shared.Return(narrowed);
    }

    private static void Vertical(byte[] source, int stride, Filter filter, byte[] target)
    {
        for (int y = 0; y < filter.OutputSize; y++)
        {
            (int first, int count) = filter.Span(y);
            Weigh(source, first * stride, stride, filter.Weights(y)[..count], target.AsSpan(y * stride, stride));
        }
    }

    /// <summary>Makes columns of rows: <paramref name="down"/> lines of <paramref name="across"/> pixels to <paramref name="across"/> lines of
    /// <paramref name="down"/>; strides in bytes.</summary>
    // Fully compiled from the first picture on: unoptimised vectors are slower by far than no vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(ReadOnlySpan<byte> from, int fromStride, int across, int down, Span<byte> to, int toStride)
    {
        if (!Ssse3.IsSupported || across < 4 || down < 4)
        {
            for (int y = 0; y < down; y++)
            for (int x = 0; x < across; x++)
                from.Slice(y * fromStride + 3 * x, 3).CopyTo(to[(x * toStride + 3 * y)..]);
            return;
        }
        ref byte first = ref MemoryMarshal.GetReference(from[..((down - 1) * fromStride + 3 * across)]),
            result = ref MemoryMarshal.GetReference(to[..((across - 1) * toStride + 3 * down)]);
        for (int y = 0; y < down; y += 4)
        for (int x = 0; x < across; x += 4)
        {
            // The last four overlap those before.
            int row = Math.Min(y, down - 4),
                column = Math.Min(x, across - 4);
            TurnSquare(
                ref Unsafe.Add(ref first, row * fromStride + 3 * column),
                fromStride,
                ref Unsafe.Add(ref result, column * toStride + 3 * row),
                toStride
            );
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnSquare(ref byte from, int fromStride, ref byte to, int toStride)
    {
        Vector128<int> a = Four(ref from),
            b = Four(ref Unsafe.Add(ref from, fromStride)),
            c = Four(ref Unsafe.Add(ref from, 2 * fromStride)),
            d = Four(ref Unsafe.Add(ref from, 3 * fromStride));
        Vector128<long> ab = Sse2.UnpackLow(a, b).AsInt64(),
            cd = Sse2.UnpackLow(c, d).AsInt64(),
            ab2 = Sse2.UnpackHigh(a, b).AsInt64(),
            cd2 = Sse2.UnpackHigh(c, d).AsInt64();
        Store(Sse2.UnpackLow(ab, cd), ref to);
        Store(Sse2.UnpackHigh(ab, cd), ref Unsafe.Add(ref to, toStride));
        Store(Sse2.UnpackLow(ab2, cd2), ref Unsafe.Add(ref to, 2 * toStride));
        Store(Sse2.UnpackHigh(ab2, cd2), ref Unsafe.Add(ref to, 3 * toStride));
    }

    // Twelve bytes to four pixels of four bytes each, and back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four(ref byte from)
    {
        var twelve = Vector128.Create(Unsafe.ReadUnaligned<ulong>(ref from), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, 8)));
        return Vector128
            .Shuffle(twelve.AsByte(), Vector128.Create((byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255))
            .AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<long> pixels, ref byte to)
    {
        var twelve = Vector128.Shuffle(pixels.AsByte(), Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255));
        Unsafe.WriteUnaligned(ref to, twelve.AsUInt64().GetElement(0));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 8), twelve.AsUInt32().GetElement(2));
    }

    /// <summary>The weighted sum of runs of bytes that lie <paramref name="stride"/> apart, rounded to bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(byte[] source, int at, int stride, ReadOnlySpan<int> weights, Span<byte> target)
    {
        if (Vector512.IsHardwareAccelerated && target.Length >= Vector512<byte>.Count)
        {
            WeighWide(source, at, stride, weights, target);
            return;
        }
        int step = Vector<byte>.Count;
        if (target.Length < step)
        {
            for (int i = 0; i < target.Length; i++)
            {
                int sum = Half;
                for (int k = 0; k < weights.Length; k++)
                    sum += source[at + k * stride + i] * weights[k];
                target[i] = (byte)Math.Clamp(sum >> FractionBits, 0, 255);
            }
            return;
        }
        for (int i = 0; i < target.Length; i += step)
        {
            // The last vector overlaps the one before, so that no byte is left over.
            int start = Math.Min(i, target.Length - step),
                from = at + start;
            // Of each four bytes the first, second, third and fourth: masks are cheaper than widening, which shuffles.
            Vector<int> a = new(Half),
                b = a,
                c = a,
                d = a,
                mask = new(255);
            foreach (int weight in weights)
            {
                var bytes = Vector.LoadUnsafe(ref source[from]).As<byte, int>();
                a += (bytes & mask) * weight;
                b += (bytes >> 8 & mask) * weight;
                c += (bytes >> 16 & mask) * weight;
                d += (bytes >>> 24) * weight;
                from += stride;
            }
            (Clip(a) | Clip(b) << 8 | Clip(c) << 16 | Clip(d) << 24).As<int, byte>().StoreUnsafe(ref target[start]);
        }
    }

    // The same with vectors twice as wide, which Vector<T> never is.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WeighWide(byte[] source, int at, int stride, ReadOnlySpan<int> weights, Span<byte> target)
    {
        int step = Vector512<byte>.Count;
        for (int i = 0; i < target.Length; i += step)
        {
            int start = Math.Min(i, target.Length - step),
                from = at + start;
            Vector512<int> a = Vector512.Create(Half),
                b = a,
                c = a,
                d = a,
                mask = Vector512.Create(255);
            foreach (int weight in weights)
            {
                var bytes = Vector512.LoadUnsafe(ref source[from]).AsInt32();
                a += (bytes & mask) * weight;
                b += (bytes >> 8 & mask) * weight;
                c += (bytes >> 16 & mask) * weight;
                d += (bytes >>> 24) * weight;
                from += stride;
            }
            (Clip(a) | Clip(b) << 8 | Clip(c) << 16 | Clip(d) << 24).AsByte().StoreUnsafe(ref target[start]);
        }
    }

    private static Vector512<int> Clip(Vector512<int> sum) =>
        Vector512.Min(Vector512.Max(sum >> FractionBits, Vector512<int>.Zero), Vector512.Create(255));

    private static Vector<int> Clip(Vector<int> sum) => Vector.Min(Vector.Max(sum >> FractionBits, Vector<int>.Zero), new(255));

    /// <summary>For each output index the input indices it reads and their weights.</summary>
    private sealed class Filter
    {
        private const int MostKept = 64;
        private static readonly ConcurrentDictionary<(int Input, int Output), Filter> Kept = new();
        private readonly int[] firsts,
            counts,
            weights;
        private readonly int longest;

        private Filter(int inputSize, int outputSize)
        {
            OutputSize = outputSize;
            double scale = (double)inputSize / outputSize,
                widening = Math.Max(scale, 1),
                support = 2 * widening;
            longest = (int)Math.Ceiling(support) * 2 + 1;
            firsts = new int[outputSize];
            counts = new int[outputSize];
            weights = new int[outputSize * longest];
            double[] exact = new double[longest];
            for (int x = 0; x < outputSize; x++)
            {
                double centre = (x + 0.5) * scale,
                    sum = 0;
                int first = Math.Max((int)(centre - support + 0.5), 0),
                    count = Math.Min((int)(centre + support + 0.5), inputSize) - first;
                for (int k = 0; k < count; k++)
                    sum += exact[k] = Kernel((k + first - centre + 0.5) * (1 / widening));
                for (int k = 0; k < count; k++)
                {
                    double weight = exact[k] / sum * (1 << FractionBits);
                    weights[x * longest + k] = (int)(weight + (weight < 0 ? -0.5 : 0.5));
                }
                (firsts[x], counts[x]) = (first, count);
            }
        }

        public int OutputSize { get; }

        // The pictures of a dataset have few sizes, and the weights of one cost about a hundredth of its decoding.
        public static Filter Of(int inputSize, int outputSize)
        {
            if (Kept.TryGetValue((inputSize, outputSize), out Filter? kept))
                return kept;
            if (Kept.Count >= MostKept)
                Kept.Clear();
            return Kept.GetOrAdd((inputSize, outputSize), new Filter(inputSize, outputSize));
        }

        public (int First, int Count) Span(int x) => (firsts[x], counts[x]);

        public ReadOnlySpan<int> Weights(int x) => weights.AsSpan(x * longest, longest);

        private static double Kernel(double x)
        {
            const double a = -0.5;
            x = Math.Abs(x);
            return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1
                : x < 2 ? (((x - 5) * x + 8) * x - 4) * a
                : 0;
        }
    }
}
