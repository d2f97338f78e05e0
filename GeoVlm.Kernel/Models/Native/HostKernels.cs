using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GeoVlm.Models.Native;

/// <summary>The few loops that decoding a token needs, on float32 in plain memory, one thread each.</summary>
/// <remarks>
/// libtorch multiplies one or a few rows by a matrix at a third of the speed at which memory delivers the matrix; these loops read it once,
/// as it lies, for up to four rows at a time. Widths are multiples of <see cref="Width"/>. Written for 512-bit vectors: see
/// <see cref="Supported"/>.
/// </remarks>
internal static unsafe class HostKernels
{
    /// <summary>Numbers in one vector.</summary>
    public const int Width = 16;

    /// <summary>Whether this processor has what the loops are written for.</summary>
    public static bool Supported => Vector512.IsHardwareAccelerated && Sse3.IsSupported;

    /// <summary>y[m, n] (+)= bias[n] + Σ x[m, k] w[n, k], for n from <paramref name="from"/> up to <paramref name="to"/>.</summary>
    /// <param name="x">[rows, depth], rows <paramref name="xRow"/> apart.</param>
    /// <param name="xRow">Distance of rows of x.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="w">[to, depth], dense.</param>
    /// <param name="depth">Multiple of <see cref="Width"/>.</param>
    /// <param name="bias">[to], or null.</param>
    /// <param name="y">[rows, to], rows <paramref name="yRow"/> apart.</param>
    /// <param name="yRow">Distance of rows of y.</param>
    /// <param name="from">First column.</param>
    /// <param name="to">End of the columns.</param>
    /// <param name="add">Whether it is added to what y holds.</param>
    public static void Product(
        float* x,
        nint xRow,
        int rows,
        float* w,
        int depth,
        float* bias,
        float* y,
        nint yRow,
        int from,
        int to,
        bool add = false
    )
    {
        int n = from;
        for (; n + 4 <= to; n += 4)
        {
            float* tile = w + (nint)n * depth;
            var shift = bias == null ? Vector128<float>.Zero : Vector128.Load(bias + n);
            int m = 0;
            for (; m + 4 <= rows; m += 4)
                Four(x + m * xRow, xRow, tile, depth, shift, y + m * yRow + n, yRow, add);
            for (; m < rows; m++)
                Put(One(x + m * xRow, tile, depth), shift, y + m * yRow + n, add);
        }
        for (; n < to; n++)
        {
            for (int m = 0; m < rows; m++)
            {
                float sum = Dot(x + m * xRow, w + (nint)n * depth, depth) + (bias == null ? 0 : bias[n]);
                y[m * yRow + n] = add ? y[m * yRow + n] + sum : sum;
            }
        }
    }

    /// <summary>Σ x[k] w[k]; any depth.</summary>
    public static float Dot(float* x, float* w, int depth)
    {
        var sum = Vector512<float>.Zero;
        int k = 0;
        for (; k + Width <= depth; k += Width)
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(x + k), Vector512.Load(w + k), sum);
        float total = Vector512.Sum(sum);
        for (; k < depth; k++)
            total += x[k] * w[k];
        return total;
    }

    /// <summary>y = x / sqrt(mean(x²) + ε) · weight.</summary>
    public static void RmsNorm(float* x, float* weight, float* y, int width, float epsilon)
    {
        var scale = Vector512.Create(1 / MathF.Sqrt(Dot(x, x, width) / width + epsilon));
        for (int i = 0; i < width; i += Width)
            (Vector512.Load(x + i) * scale * Vector512.Load(weight + i)).Store(y + i);
    }

    /// <summary>gate = silu(gate) · up, for columns from <paramref name="from"/> up to
    /// <paramref name="to"/>, a whole number of vectors.</summary>
    public static void Gate(float* gate, float* up, int from, int to)
    {
        for (int i = from; i < to; i += Width)
        {
            var g = Vector512.Load(gate + i);
            (g / (Vector512.Exp(-g) + Vector512<float>.One) * Vector512.Load(up + i)).Store(gate + i);
        }
    }

    /// <summary>Turns pairs (i, i + half) by the angles of a position and multiplies by a factor.</summary>
    public static void Rotate(float* x, float* cos, float* sin, int half, float factor)
    {
        for (int i = 0; i < half; i++)
        {
            (float a, float b) = (x[i], x[i + half]);
            x[i] = (a * cos[i] - b * sin[i]) * factor;
            x[i + half] = (b * cos[i] + a * sin[i]) * factor;
        }
    }

    /// <summary>Scores to exp(score − largest), in place.</summary>
    /// <returns>Their sum.</returns>
    public static float Exponentials(float* scores, int count)
    {
        float largest = float.NegativeInfinity;
        int i = 0;
        if (count >= Width)
        {
            var best = Vector512.Load(scores);
            for (i = Width; i + Width <= count; i += Width)
                best = Vector512.Max(best, Vector512.Load(scores + i));
            for (int lane = 0; lane < Width; lane++)
                largest = MathF.Max(largest, best[lane]);
        }
        for (; i < count; i++)
            largest = MathF.Max(largest, scores[i]);
        var (shift, sum) = (Vector512.Create(largest), Vector512<float>.Zero);
        for (i = 0; i + Width <= count; i += Width)
        {
            var e = Vector512.Exp(Vector512.Load(scores + i) - shift);
            e.Store(scores + i);
            sum += e;
        }
        float total = Vector512.Sum(sum);
        for (; i < count; i++)
            total += scores[i] = MathF.Exp(scores[i] - largest);
        return total;
    }

    /// <summary>y += Σ weights[s] · values[s].</summary>
    /// <param name="weights">[count].</param>
    /// <param name="values">[count, width], dense.</param>
    /// <param name="count">Values.</param>
    /// <param name="y">[width].</param>
    /// <param name="width">Multiple of <see cref="Width"/>.</param>
    public static void WeightedSum(float* weights, float* values, int count, float* y, int width)
    {
        for (int c = 0; c < width; c += Width)
        {
            Vector512<float> a = Vector512.Load(y + c),
                b = Vector512<float>.Zero,
                d = b,
                e = b;
            float* v = values + c;
            int s = 0;
            for (; s + 4 <= count; s += 4, v += 4 * width)
            {
                a = Vector512.FusedMultiplyAdd(Vector512.Create(weights[s]), Vector512.Load(v), a);
                b = Vector512.FusedMultiplyAdd(Vector512.Create(weights[s + 1]), Vector512.Load(v + width), b);
                d = Vector512.FusedMultiplyAdd(Vector512.Create(weights[s + 2]), Vector512.Load(v + 2 * width), d);
                e = Vector512.FusedMultiplyAdd(Vector512.Create(weights[s + 3]), Vector512.Load(v + 3 * width), e);
            }
            for (; s < count; s++, v += width)
                a = Vector512.FusedMultiplyAdd(Vector512.Create(weights[s]), Vector512.Load(v), a);
            (a + b + (d + e)).Store(y + c);
        }
    }

    /// <summary>One row of x against four of w.</summary>
    private static Vector128<float> One(float* x, float* w, int depth)
    {
        Vector512<float> a = Vector512<float>.Zero,
            b = a,
            c = a,
            d = a;
        float* w1 = w + depth,
            w2 = w1 + depth,
            w3 = w2 + depth;
        for (int k = 0; k < depth; k += Width)
        {
            var v = Vector512.Load(x + k);
            a = Vector512.FusedMultiplyAdd(v, Vector512.Load(w + k), a);
            b = Vector512.FusedMultiplyAdd(v, Vector512.Load(w1 + k), b);
            c = Vector512.FusedMultiplyAdd(v, Vector512.Load(w2 + k), c);
            d = Vector512.FusedMultiplyAdd(v, Vector512.Load(w3 + k), d);
        }
        return Sums(a, b, c, d);
    }

    /// <summary>Four rows of x against four of w: sixteen sums stay in registers.</summary>
    private static void Four(float* x, nint xRow, float* w, int depth, Vector128<float> shift, float* y, nint yRow, bool add)
    {
        Vector512<float> a0 = Vector512<float>.Zero,
            a1 = a0,
            a2 = a0,
            a3 = a0,
            b0 = a0,
            b1 = a0,
            b2 = a0,
            b3 = a0;
        Vector512<float> c0 = a0,
            c1 = a0,
            c2 = a0,
            c3 = a0,
            d0 = a0,
            d1 = a0,
            d2 = a0,
            d3 = a0;
        float* x1 = x + xRow,
            x2 = x1 + xRow,
            x3 = x2 + xRow;
        float* w1 = w + depth,
            w2 = w1 + depth,
            w3 = w2 + depth;
        for (int k = 0; k < depth; k += Width)
        {
            // The four rows after these come next; without this they are fetched only when the arithmetic here is done.
            Sse.Prefetch0(w3 + depth + k);
            Sse.Prefetch0(w3 + 2 * depth + k);
            Sse.Prefetch0(w3 + 3 * depth + k);
            Sse.Prefetch0(w3 + 4 * depth + k);
            Vector512<float> u0 = Vector512.Load(w + k),
                u1 = Vector512.Load(w1 + k),
                u2 = Vector512.Load(w2 + k),
                u3 = Vector512.Load(w3 + k);
            var v = Vector512.Load(x + k);
            a0 = Vector512.FusedMultiplyAdd(v, u0, a0);
            a1 = Vector512.FusedMultiplyAdd(v, u1, a1);
            a2 = Vector512.FusedMultiplyAdd(v, u2, a2);
            a3 = Vector512.FusedMultiplyAdd(v, u3, a3);
            v = Vector512.Load(x1 + k);
            b0 = Vector512.FusedMultiplyAdd(v, u0, b0);
            b1 = Vector512.FusedMultiplyAdd(v, u1, b1);
            b2 = Vector512.FusedMultiplyAdd(v, u2, b2);
            b3 = Vector512.FusedMultiplyAdd(v, u3, b3);
            v = Vector512.Load(x2 + k);
            c0 = Vector512.FusedMultiplyAdd(v, u0, c0);
            c1 = Vector512.FusedMultiplyAdd(v, u1, c1);
            c2 = Vector512.FusedMultiplyAdd(v, u2, c2);
            c3 = Vector512.FusedMultiplyAdd(v, u3, c3);
            v = Vector512.Load(x3 + k);
            d0 = Vector512.FusedMultiplyAdd(v, u0, d0);
            d1 = Vector512.FusedMultiplyAdd(v, u1, d1);
            d2 = Vector512.FusedMultiplyAdd(v, u2, d2);
            d3 = Vector512.FusedMultiplyAdd(v, u3, d3);
        }
        Put(Sums(a0, a1, a2, a3), shift, y, add);
        Put(Sums(b0, b1, b2, b3), shift, y + yRow, add);
        Put(Sums(c0, c1, c2, c3), shift, y + 2 * yRow, add);
        Put(Sums(d0, d1, d2, d3), shift, y + 3 * yRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<float> sums, Vector128<float> shift, float* y, bool add) =>
        (sums + (add ? Vector128.Load(y) + shift : shift)).Store(y);

    /// <summary>The sums of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) =>
        Sse3.HorizontalAdd(Sse3.HorizontalAdd(Quarter(a), Quarter(b)), Sse3.HorizontalAdd(Quarter(c), Quarter(d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarter(Vector512<float> v)
    {
        var half = v.GetLower() + v.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
