using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Narrow = GeoVlm.Models.Native.VectorKernels<System.Runtime.Intrinsics.Vector256<float>, GeoVlm.Models.Native.VectorUnit256>;
using Wide = GeoVlm.Models.Native.VectorKernels<System.Runtime.Intrinsics.Vector512<float>, GeoVlm.Models.Native.VectorUnit512>;

namespace GeoVlm.Models.Native;

/// <summary>The few loops that decoding a token and scoring one need, in plain memory, one thread each: float32, with weights of float32
/// or bfloat16.</summary>
/// <remarks>
/// libtorch multiplies one or a few rows by a matrix at a third of the speed at which memory delivers the matrix; these loops read it once,
/// as it lies, for two or four rows at a time. They take the widest vectors that the processor has. Widths are multiples of <see cref="Width"/>.
/// <c>TWeight</c> is <see cref="float"/>, or <see cref="ushort"/> for the bits of a bfloat16: sums are float32 either way.
/// </remarks>
internal static unsafe class HostKernels
{
    /// <summary>Numbers in one vector.</summary>
    public static int Width => Vector512.IsHardwareAccelerated ? VectorUnit512.Width : VectorUnit256.Width;

    /// <summary>Whether this processor has what the loops are written for.</summary>
    public static bool Supported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Whether it has, and rows of these widths are whole vectors.</summary>
    public static bool Fit(params ReadOnlySpan<int> widths)
    {
        foreach (int width in widths)
            if (width % Width != 0)
                return false;
        return Supported;
    }

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
        bool add = false
    )
        where TWeight : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.Product(x, xRow, rows, w, depth, bias, y, yRow, from, to, add);
        else
            Narrow.Product(x, xRow, rows, w, depth, bias, y, yRow, from, to, add);
    }

    /// <summary>Σ x[k] w[k]; any depth.</summary>
    public static float Dot(float* x, float* w, int depth) =>
        Vector512.IsHardwareAccelerated ? Wide.Dot(x, w, depth) : Narrow.Dot(x, w, depth);

    /// <summary>y = x / sqrt(mean(x²) + ε) · weight.</summary>
    public static void RmsNorm<TWeight>(float* x, TWeight* weight, float* y, int width, float epsilon)
        where TWeight : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.RmsNorm(x, weight, y, width, epsilon);
        else
            Narrow.RmsNorm(x, weight, y, width, epsilon);
    }

    /// <summary>gate = silu(gate) · up, for columns from <paramref name="from"/> up to
    /// <paramref name="to"/>, a whole number of vectors.</summary>
    public static void Gate(float* gate, float* up, int from, int to)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.Gate(gate, up, from, to);
        else
            Narrow.Gate(gate, up, from, to);
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

    /// <summary>The largest of some numbers.</summary>
    public static float Largest(float* x, int count) => Vector512.IsHardwareAccelerated ? Wide.Largest(x, count) : Narrow.Largest(x, count);

    /// <summary>Scores x to exp(x − largest), in place.</summary>
    /// <returns>Their sum, and Σ exp(x − largest) · (x − largest), of which the entropy is made.</returns>
    public static (float Sum, float Weighted) Exponentials(float* x, int count, float largest) =>
        Vector512.IsHardwareAccelerated ? Wide.Exponentials(x, count, largest) : Narrow.Exponentials(x, count, largest);

    /// <summary>x = x / divisor.</summary>
    public static void Divide(float* x, int count, float divisor)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.Divide(x, count, divisor);
        else
            Narrow.Divide(x, count, divisor);
    }

    /// <summary>y += Σ weights[s] · values[s].</summary>
    /// <param name="weights">[count].</param>
    /// <param name="values">[count, width], dense.</param>
    /// <param name="count">Values.</param>
    /// <param name="y">[width].</param>
    /// <param name="width">Multiple of <see cref="Width"/>.</param>
    public static void WeightedSum(float* weights, float* values, int count, float* y, int width)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.WeightedSum(weights, values, count, y, width);
        else
            Narrow.WeightedSum(weights, values, count, y, width);
    }

    /// <summary>Numbers as float32, whatever they are stored as.</summary>
    /// <param name="from">The numbers.</param>
    /// <param name="to">As many float32.</param>
    /// <param name="count">How many.</param>
    public static void Copy<TWeight>(TWeight* from, float* to, int count)
        where TWeight : unmanaged
    {
        if (typeof(TWeight) == typeof(float))
            new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
        else
            for (int i = 0; i < count; i++)
                to[i] = Widen(((ushort*)from)[i]);
    }

    /// <summary>A bfloat16, the upper half of a float32.</summary>
    public static float Widen(ushort bits) => BitConverter.Int32BitsToSingle(bits << 16);
}
