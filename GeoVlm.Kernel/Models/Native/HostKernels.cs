using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Narrow = GeoVlm.Models.Native.VectorKernels<System.Runtime.Intrinsics.Vector256<float>, GeoVlm.Models.Native.VectorUnit256>;
using Wide = GeoVlm.Models.Native.VectorKernels<System.Runtime.Intrinsics.Vector512<float>, GeoVlm.Models.Native.VectorUnit512>;

namespace GeoVlm.Models.Native;

/// <summary>The loops of decoding a token, of scoring one, and of <see cref="HostOperators"/>, in plain memory, one thread each: float32,
/// with weights of float32 or bfloat16.</summary>
/// <remarks>
/// libtorch multiplies one or a few rows by a matrix at a third of the speed at which memory delivers the matrix; these loops read it once,
/// as it lies, for two or four rows at a time. They take the widest vectors that the processor has. Widths are multiples of <see cref="Width"/>; counts are any.
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

    /// <summary>The gradients of <see cref="RmsNorm"/>.</summary>
    /// <param name="x">What was normed, [width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="given">The gradient of the result.</param>
    /// <param name="result">That of x.</param>
    /// <param name="ofWeight">That of the weight is added here; null where it is not wanted.</param>
    /// <param name="width">Multiple of <see cref="Width"/>.</param>
    /// <param name="epsilon">As forward.</param>
    public static void RmsNormBack(float* x, float* weight, float* given, float* result, float* ofWeight, int width, float epsilon)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.RmsNormBack(x, weight, given, result, ofWeight, width, epsilon);
        else
            Narrow.RmsNormBack(x, weight, given, result, ofWeight, width, epsilon);
    }

    /// <summary>result = silu(gate) · up, which may be the memory of gate.</summary>
    public static void Gate(float* gate, float* up, float* result, int count)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.Gate(gate, up, result, count);
        else
            Narrow.Gate(gate, up, result, count);
    }

    /// <summary>The gradients of <see cref="Gate"/>, of the gradient of its result.</summary>
    public static void GateBack(float* gate, float* up, float* given, float* ofGate, float* ofUp, int count)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.GateBack(gate, up, given, ofGate, ofUp, count);
        else
            Narrow.GateBack(gate, up, given, ofGate, ofUp, count);
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

    /// <summary>result = pairs (i, i + half) of x, turned by the angles of a position, or back.</summary>
    /// <param name="x">[2 half].</param>
    /// <param name="cos">[2 half].</param>
    /// <param name="signedSin">[2 half], the first half negated.</param>
    /// <param name="result">[2 half].</param>
    /// <param name="half">Pairs.</param>
    /// <param name="sign">1, or −1 to turn back.</param>
    public static void Rotate(float* x, float* cos, float* signedSin, float* result, int half, float sign)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.Rotate(x, cos, signedSin, result, half, sign);
        else
            Narrow.Rotate(x, cos, signedSin, result, half, sign);
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

    /// <summary>x = softmax(scale · x + bias).</summary>
    /// <param name="x">[count].</param>
    /// <param name="scale">Factor.</param>
    /// <param name="bias">[count], or null.</param>
    /// <param name="count">How many, at least 1.</param>
    public static void Softmax(float* x, float scale, float* bias, int count)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.Softmax(x, scale, bias, count);
        else
            Narrow.Softmax(x, scale, bias, count);
    }

    /// <summary>The gradient of <see cref="Softmax"/>: scale · weights · (given − Σ weights · given).</summary>
    /// <param name="weights">What it gave.</param>
    /// <param name="given">The gradient of that.</param>
    /// <param name="result">The gradient of x.</param>
    /// <param name="scale">As forward.</param>
    /// <param name="count">How many.</param>
    public static void SoftmaxBack(float* weights, float* given, float* result, float scale, int count)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide.SoftmaxBack(weights, given, result, scale, count);
        else
            Narrow.SoftmaxBack(weights, given, result, scale, count);
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
