using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GeoVlm.Models.Native;

/// <summary>The loops of <see cref="HostKernels"/>, for vectors of any width and weights in float32 or bfloat16.</summary>
/// <remarks>Compiled with every optimisation at their first call: before that, a member of <typeparamref name="TUnit"/> is a call.</remarks>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TUnit">Its arithmetic.</typeparam>
internal static unsafe class VectorKernels<TVector, TUnit>
    where TVector : struct
    where TUnit : struct, IVectorUnit<TVector>
{
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
                    VectorTiles<TVector, TUnit>.Four(x + m * xRow, xRow, tile, depth, shift, y + m * yRow + n, yRow, add);
            else
                for (; m + 2 <= rows; m += 2)
                    VectorTiles<TVector, TUnit>.Two(x + m * xRow, xRow, tile, depth, shift, y + m * yRow + n, yRow, add);
            for (; m < rows; m++)
                VectorTiles<TVector, TUnit>.Put(VectorTiles<TVector, TUnit>.One(x + m * xRow, tile, depth), shift, y + m * yRow + n, add);
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
            sum = TUnit.MultiplyAdd(TUnit.Load(x + k), VectorTiles<TVector, TUnit>.Numbers(w + k), sum);
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
            TUnit.Store(TUnit.Multiply(TUnit.Multiply(TUnit.Load(x + i), scale), VectorTiles<TVector, TUnit>.Numbers(weight + i)), y + i);
    }

    /// <summary>See <see cref="HostKernels.RmsNormBack"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RmsNormBack(float* x, float* weight, float* given, float* result, float* ofWeight, int width, float epsilon)
    {
        TVector squares = TUnit.Zero,
            shared = TUnit.Zero;
        for (int i = 0; i < width; i += TUnit.Width)
        {
            var v = TUnit.Load(x + i);
            squares = TUnit.MultiplyAdd(v, v, squares);
            shared = TUnit.MultiplyAdd(TUnit.Multiply(TUnit.Load(given + i), TUnit.Load(weight + i)), v, shared);
        }
        float scale = 1 / MathF.Sqrt(TUnit.Sum(squares) / width + epsilon);
        TVector scales = TUnit.Create(scale),
            back = TUnit.Create(-scale * scale * scale * TUnit.Sum(shared) / width);
        for (int i = 0; i < width; i += TUnit.Width)
        {
            TVector v = TUnit.Load(x + i),
                scaled = TUnit.Multiply(TUnit.Load(given + i), scales);
            TUnit.Store(TUnit.MultiplyAdd(v, back, TUnit.Multiply(scaled, TUnit.Load(weight + i))), result + i);
            if (ofWeight != null)
                TUnit.Store(TUnit.MultiplyAdd(scaled, v, TUnit.Load(ofWeight + i)), ofWeight + i);
        }
    }

    /// <summary>See <see cref="HostKernels.Gate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gate(float* gate, float* up, float* result, int count)
    {
        int i = 0;
        for (; i + TUnit.Width <= count; i += TUnit.Width)
        {
            var g = TUnit.Load(gate + i);
            TUnit.Store(TUnit.Multiply(TUnit.Multiply(g, VectorMath<TVector, TUnit>.Sigmoid(g)), TUnit.Load(up + i)), result + i);
        }
        for (; i < count; i++)
            result[i] = gate[i] / (1 + MathF.Exp(-gate[i])) * up[i];
    }

    /// <summary>See <see cref="HostKernels.GateBack"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GateBack(float* gate, float* up, float* given, float* ofGate, float* ofUp, int count)
    {
        int i = 0;
        var one = TUnit.Create(1);
        for (; i + TUnit.Width <= count; i += TUnit.Width)
        {
            TVector g = TUnit.Load(gate + i),
                y = TUnit.Load(given + i),
                share = VectorMath<TVector, TUnit>.Sigmoid(g),
                open = TUnit.Multiply(g, share);
            TUnit.Store(TUnit.Multiply(y, open), ofUp + i);
            // d silu(g) / dg = s + g s (1 − s)
            TUnit.Store(
                TUnit.Multiply(TUnit.Multiply(y, TUnit.Load(up + i)), TUnit.MultiplyAdd(open, TUnit.Subtract(one, share), share)),
                ofGate + i
            );
        }
        for (; i < count; i++)
        {
            float share = 1 / (1 + MathF.Exp(-gate[i]));
            ofUp[i] = given[i] * gate[i] * share;
            ofGate[i] = given[i] * up[i] * (share + gate[i] * share * (1 - share));
        }
    }

    /// <summary>See <see cref="HostKernels.Rotate(float*, float*, float*, float*, int, float)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rotate(float* x, float* cos, float* signedSin, float* result, int half, float sign)
    {
        var signs = TUnit.Create(sign);
        int i = 0;
        for (; i + TUnit.Width <= half; i += TUnit.Width)
        {
            TVector a = TUnit.Load(x + i),
                b = TUnit.Load(x + half + i),
                sin = TUnit.Multiply(TUnit.Load(signedSin + half + i), signs);
            TUnit.Store(TUnit.Subtract(TUnit.Multiply(a, TUnit.Load(cos + i)), TUnit.Multiply(b, sin)), result + i);
            TUnit.Store(TUnit.MultiplyAdd(a, sin, TUnit.Multiply(b, TUnit.Load(cos + half + i))), result + half + i);
        }
        for (; i < half; i++)
        {
            (float a, float b, float sin) = (x[i], x[i + half], signedSin[half + i] * sign);
            result[i] = a * cos[i] - b * sin;
            result[i + half] = b * cos[half + i] + a * sin;
        }
    }

    /// <summary>See <see cref="HostKernels.Softmax"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* x, float scale, float* bias, int count)
    {
        var scales = TUnit.Create(scale);
        int i = 0;
        for (; i + TUnit.Width <= count; i += TUnit.Width)
            TUnit.Store(
                bias == null
                    ? TUnit.Multiply(TUnit.Load(x + i), scales)
                    : TUnit.MultiplyAdd(TUnit.Load(x + i), scales, TUnit.Load(bias + i)),
                x + i
            );
        for (; i < count; i++)
            x[i] = x[i] * scale + (bias == null ? 0 : bias[i]);
        Divide(x, count, Exponentials(x, count, Largest(x, count)).Sum);
    }

    /// <summary>See <see cref="HostKernels.SoftmaxBack"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SoftmaxBack(float* weights, float* given, float* result, float scale, int count)
    {
        float shared = Dot(weights, given, count);
        TVector shift = TUnit.Create(shared),
            scales = TUnit.Create(scale);
        int i = 0;
        for (; i + TUnit.Width <= count; i += TUnit.Width)
            TUnit.Store(
                TUnit.Multiply(TUnit.Multiply(TUnit.Load(weights + i), scales), TUnit.Subtract(TUnit.Load(given + i), shift)),
                result + i
            );
        for (; i < count; i++)
            result[i] = weights[i] * scale * (given[i] - shared);
    }

    /// <summary>See <see cref="HostKernels.Largest"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(float* x, int count)
    {
        float largest = float.NegativeInfinity;
        int i = 0;
        if (count >= TUnit.Width)
        {
            var best = TUnit.Load(x);
            for (i = TUnit.Width; i + TUnit.Width <= count; i += TUnit.Width)
                best = TUnit.Max(best, TUnit.Load(x + i));
            float* lanes = stackalloc float[TUnit.Width];
            TUnit.Store(best, lanes);
            for (int lane = 0; lane < TUnit.Width; lane++)
                largest = MathF.Max(largest, lanes[lane]);
        }
        for (; i < count; i++)
            largest = MathF.Max(largest, x[i]);
        return largest;
    }

    /// <summary>See <see cref="HostKernels.Exponentials"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Sum, float Weighted) Exponentials(float* x, int count, float largest)
    {
        TVector shift = TUnit.Create(largest),
            sum = TUnit.Zero,
            weighted = TUnit.Zero;
        int i = 0;
        for (; i + TUnit.Width <= count; i += TUnit.Width)
        {
            var below = TUnit.Subtract(TUnit.Load(x + i), shift);
            var e = VectorMath<TVector, TUnit>.Exp(below);
            TUnit.Store(e, x + i);
            sum = TUnit.Add(sum, e);
            weighted = TUnit.MultiplyAdd(e, below, weighted);
        }
        (float total, float totalWeighted) = (TUnit.Sum(sum), TUnit.Sum(weighted));
        for (; i < count; i++)
        {
            float below = x[i] - largest;
            total += x[i] = MathF.Exp(below);
            totalWeighted += x[i] * below;
        }
        return (total, totalWeighted);
    }

    /// <summary>See <see cref="HostKernels.Divide"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Divide(float* x, int count, float divisor)
    {
        var divisors = TUnit.Create(divisor);
        int i = 0;
        for (; i + TUnit.Width <= count; i += TUnit.Width)
            TUnit.Store(TUnit.Divide(TUnit.Load(x + i), divisors), x + i);
        for (; i < count; i++)
            x[i] /= divisor;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Number<TWeight>(TWeight* w)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float) ? *(float*)w : HostKernels.Widen(*(ushort*)w);
}
