using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GeoVlm.Models.Native;

/// <summary>The loops of <see cref="HostKernels"/>, for vectors of any width and weights in float32 or bfloat16.</summary>
/// <remarks>Compiled with every optimisation at their first call: before that, a member of <typeparamref name="TUnit"/> is a call.</remarks>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TUnit">Its arithmetic.</typeparam>
internal static unsafe class VectorKernels<TVector, TUnit>
    where TVector : struct
    where TUnit : struct, IVectorUnit<TVector>
{
    private const int CacheLine = 64;

    /// <summary>See <see cref="HostKernels.Product"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Product<TWeight>(
        float* x,
        nint xRow,
        int rows,
        TWeight* w,
        int depth,
        float* bias,
        float* y,
        nint yRow,
        int from,
        int to,
        bool add
    )
        where TWeight : unmanaged
    {
        int n = from;
        for (; n + 4 <= to; n += 4)
        {
            TWeight* tile = w + (nint)n * depth;
            var shift = bias == null ? Vector128<float>.Zero : Vector128.Load(bias + n);
            int m = 0;
            if (TUnit.RowsAtOnce == 4)
                for (; m + 4 <= rows; m += 4)
                    Four(x + m * xRow, xRow, tile, depth, shift, y + m * yRow + n, yRow, add);
            else
                for (; m + 2 <= rows; m += 2)
                    Two(x + m * xRow, xRow, tile, depth, shift, y + m * yRow + n, yRow, add);
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

    /// <summary>See <see cref="HostKernels.Dot"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot<TWeight>(float* x, TWeight* w, int depth)
        where TWeight : unmanaged
    {
        var sum = TUnit.Zero;
        int k = 0;
        for (; k + TUnit.Width <= depth; k += TUnit.Width)
            sum = TUnit.MultiplyAdd(TUnit.Load(x + k), Numbers(w + k), sum);
        float total = TUnit.Sum(sum);
        for (; k < depth; k++)
            total += x[k] * Number(w + k);
        return total;
    }

    /// <summary>See <see cref="HostKernels.RmsNorm"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RmsNorm<TWeight>(float* x, TWeight* weight, float* y, int width, float epsilon)
        where TWeight : unmanaged
    {
        var scale = TUnit.Create(1 / MathF.Sqrt(Dot(x, x, width) / width + epsilon));
        for (int i = 0; i < width; i += TUnit.Width)
            TUnit.Store(TUnit.Multiply(TUnit.Multiply(TUnit.Load(x + i), scale), Numbers(weight + i)), y + i);
    }

    /// <summary>See <see cref="HostKernels.Gate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gate(float* gate, float* up, int from, int to)
    {
        for (int i = from; i < to; i += TUnit.Width)
        {
            var g = TUnit.Load(gate + i);
            var shrunk = TUnit.Divide(g, TUnit.Add(TUnit.Exp(TUnit.Subtract(TUnit.Zero, g)), TUnit.Create(1)));
            TUnit.Store(TUnit.Multiply(shrunk, TUnit.Load(up + i)), gate + i);
        }
    }

    /// <summary>See <see cref="HostKernels.Exponentials"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Exponentials(float* scores, int count)
    {
        float largest = float.NegativeInfinity;
        int i = 0;
        if (count >= TUnit.Width)
        {
            var best = TUnit.Load(scores);
            for (i = TUnit.Width; i + TUnit.Width <= count; i += TUnit.Width)
                best = TUnit.Max(best, TUnit.Load(scores + i));
            float* lanes = stackalloc float[TUnit.Width];
            TUnit.Store(best, lanes);
            for (int lane = 0; lane < TUnit.Width; lane++)
                largest = MathF.Max(largest, lanes[lane]);
        }
        for (; i < count; i++)
            largest = MathF.Max(largest, scores[i]);
        var (shift, sum) = (TUnit.Create(largest), TUnit.Zero);
        for (i = 0; i + TUnit.Width <= count; i += TUnit.Width)
        {
            var e = TUnit.Exp(TUnit.Subtract(TUnit.Load(scores + i), shift));
            TUnit.Store(e, scores + i);
            sum = TUnit.Add(sum, e);
        }
        float total = TUnit.Sum(sum);
        for (; i < count; i++)
            total += scores[i] = MathF.Exp(scores[i] - largest);
        return total;
    }

    /// <summary>See <see cref="HostKernels.WeightedSum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSum(float* weights, float* values, int count, float* y, int width)
    {
        for (int c = 0; c < width; c += TUnit.Width)
        {
            TVector a = TUnit.Load(y + c),
                b = TUnit.Zero,
                d = b,
                e = b;
            float* v = values + c;
            int s = 0;
            for (; s + 4 <= count; s += 4, v += 4 * width)
            {
                a = TUnit.MultiplyAdd(TUnit.Create(weights[s]), TUnit.Load(v), a);
                b = TUnit.MultiplyAdd(TUnit.Create(weights[s + 1]), TUnit.Load(v + width), b);
                d = TUnit.MultiplyAdd(TUnit.Create(weights[s + 2]), TUnit.Load(v + 2 * width), d);
                e = TUnit.MultiplyAdd(TUnit.Create(weights[s + 3]), TUnit.Load(v + 3 * width), e);
            }
            for (; s < count; s++, v += width)
                a = TUnit.MultiplyAdd(TUnit.Create(weights[s]), TUnit.Load(v), a);
            TUnit.Store(TUnit.Add(TUnit.Add(a, b), TUnit.Add(d, e)), y + c);
        }
    }

    /// <summary>One row of x against four of w.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<float> One<TWeight>(float* x, TWeight* w, int depth)
        where TWeight : unmanaged
    {
        TVector a = TUnit.Zero,
            b = a,
            c = a,
            d = a;
        TWeight* w1 = w + depth,
            w2 = w1 + depth,
            w3 = w2 + depth;
        for (int k = 0; k < depth; k += TUnit.Width)
        {
            var v = TUnit.Load(x + k);
            a = TUnit.MultiplyAdd(v, Numbers(w + k), a);
            b = TUnit.MultiplyAdd(v, Numbers(w1 + k), b);
            c = TUnit.MultiplyAdd(v, Numbers(w2 + k), c);
            d = TUnit.MultiplyAdd(v, Numbers(w3 + k), d);
        }
        return Sums(a, b, c, d);
    }

    /// <summary>Two rows of x against four of w: eight sums stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<TWeight>(float* x, nint xRow, TWeight* w, int depth, Vector128<float> shift, float* y, nint yRow, bool add)
        where TWeight : unmanaged
    {
        TVector a0 = TUnit.Zero,
            a1 = a0,
            a2 = a0,
            a3 = a0,
            b0 = a0,
            b1 = a0,
            b2 = a0,
            b3 = a0;
        float* x1 = x + xRow;
        TWeight* w1 = w + depth,
            w2 = w1 + depth,
            w3 = w2 + depth;
        for (int k = 0; k < depth; k += TUnit.Width)
        {
            Fetch(w3 + depth + k, depth, k);
            TVector v = TUnit.Load(x + k),
                u = TUnit.Load(x1 + k);
            var t = Numbers(w + k);
            a0 = TUnit.MultiplyAdd(v, t, a0);
            b0 = TUnit.MultiplyAdd(u, t, b0);
            t = Numbers(w1 + k);
            a1 = TUnit.MultiplyAdd(v, t, a1);
            b1 = TUnit.MultiplyAdd(u, t, b1);
            t = Numbers(w2 + k);
            a2 = TUnit.MultiplyAdd(v, t, a2);
            b2 = TUnit.MultiplyAdd(u, t, b2);
            t = Numbers(w3 + k);
            a3 = TUnit.MultiplyAdd(v, t, a3);
            b3 = TUnit.MultiplyAdd(u, t, b3);
        }
        Put(Sums(a0, a1, a2, a3), shift, y, add);
        Put(Sums(b0, b1, b2, b3), shift, y + yRow, add);
    }

    /// <summary>Four rows of x against four of w: sixteen sums stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TWeight>(float* x, nint xRow, TWeight* w, int depth, Vector128<float> shift, float* y, nint yRow, bool add)
        where TWeight : unmanaged
    {
        TVector a0 = TUnit.Zero,
            a1 = a0,
            a2 = a0,
            a3 = a0,
            b0 = a0,
            b1 = a0,
            b2 = a0,
            b3 = a0;
        TVector c0 = a0,
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
        TWeight* w1 = w + depth,
            w2 = w1 + depth,
            w3 = w2 + depth;
        for (int k = 0; k < depth; k += TUnit.Width)
        {
            Fetch(w3 + depth + k, depth, k);
            TVector u0 = Numbers(w + k),
                u1 = Numbers(w1 + k),
                u2 = Numbers(w2 + k),
                u3 = Numbers(w3 + k);
            var v = TUnit.Load(x + k);
            a0 = TUnit.MultiplyAdd(v, u0, a0);
            a1 = TUnit.MultiplyAdd(v, u1, a1);
            a2 = TUnit.MultiplyAdd(v, u2, a2);
            a3 = TUnit.MultiplyAdd(v, u3, a3);
            v = TUnit.Load(x1 + k);
            b0 = TUnit.MultiplyAdd(v, u0, b0);
            b1 = TUnit.MultiplyAdd(v, u1, b1);
            b2 = TUnit.MultiplyAdd(v, u2, b2);
            b3 = TUnit.MultiplyAdd(v, u3, b3);
            v = TUnit.Load(x2 + k);
            c0 = TUnit.MultiplyAdd(v, u0, c0);
            c1 = TUnit.MultiplyAdd(v, u1, c1);
            c2 = TUnit.MultiplyAdd(v, u2, c2);
            c3 = TUnit.MultiplyAdd(v, u3, c3);
            v = TUnit.Load(x3 + k);
            d0 = TUnit.MultiplyAdd(v, u0, d0);
            d1 = TUnit.MultiplyAdd(v, u1, d1);
            d2 = TUnit.MultiplyAdd(v, u2, d2);
            d3 = TUnit.MultiplyAdd(v, u3, d3);
        }
        Put(Sums(a0, a1, a2, a3), shift, y, add);
        Put(Sums(b0, b1, b2, b3), shift, y + yRow, add);
        Put(Sums(c0, c1, c2, c3), shift, y + 2 * yRow, add);
        Put(Sums(d0, d1, d2, d3), shift, y + 3 * yRow, add);
    }

    /// <summary>Asks for the four rows that come next, once a cache line: without it they are fetched only when the arithmetic here is
    /// done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch<TWeight>(TWeight* next, int depth, int k)
        where TWeight : unmanaged
    {
        if (k % (CacheLine / sizeof(TWeight)) != 0)
            return;
        Sse.Prefetch0(next);
        Sse.Prefetch0(next + depth);
        Sse.Prefetch0(next + 2 * depth);
        Sse.Prefetch0(next + 3 * depth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<float> sums, Vector128<float> shift, float* y, bool add) =>
        (sums + (add ? Vector128.Load(y) + shift : shift)).Store(y);

    /// <summary>The sums of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(TVector a, TVector b, TVector c, TVector d) =>
        Sse3.HorizontalAdd(Sse3.HorizontalAdd(TUnit.Fold(a), TUnit.Fold(b)), Sse3.HorizontalAdd(TUnit.Fold(c), TUnit.Fold(d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Numbers<TWeight>(TWeight* w)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float) ? TUnit.Load((float*)w) : TUnit.Widen((ushort*)w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Number<TWeight>(TWeight* w)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float) ? *(float*)w : HostKernels.Widen(*(ushort*)w);
}
