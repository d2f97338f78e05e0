using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GeoVlm.Models.Native;

/// <summary>The inner loops of <see cref="HostKernels.Product"/>: one, two or four rows of x against four rows of w, whose sums stay in
/// registers.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TUnit">Its arithmetic.</typeparam>
internal static unsafe class VectorTiles<TVector, TUnit>
    where TVector : struct
    where TUnit : struct, IVectorUnit<TVector>
{
    private const int CacheLine = 64;

    /// <summary>One row of x against four of w.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector128<float> One<TWeight>(float* x, TWeight* w, int depth)
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
    public static void Two<TWeight>(float* x, nint xRow, TWeight* w, int depth, Vector128<float> shift, float* y, nint yRow, bool add)
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
    public static void Four<TWeight>(float* x, nint xRow, TWeight* w, int depth, Vector128<float> shift, float* y, nint yRow, bool add)
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

    /// <summary>Writes four sums, or adds them to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector128<float> sums, Vector128<float> shift, float* y, bool add) =>
        (sums + (add ? Vector128.Load(y) + shift : shift)).Store(y);

    /// <summary>The sums of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(TVector a, TVector b, TVector c, TVector d) =>
        Sse3.HorizontalAdd(Sse3.HorizontalAdd(TUnit.Fold(a), TUnit.Fold(b)), Sse3.HorizontalAdd(TUnit.Fold(c), TUnit.Fold(d)));

    /// <summary>Weights as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Numbers<TWeight>(TWeight* w)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float) ? TUnit.Load((float*)w) : TUnit.Widen((ushort*)w);
}
