using System.Runtime.Intrinsics;
using GeoVlm.Models.Native;

namespace GeoVlm.Tests.Models.Native;

/// <summary>Vectors of either width, and weights of either type, give the sums that they stand for: on a processor without the wide ones
/// .NET makes them of two halves.</summary>
public class HostKernelsTests
{
    [Theory]
    [InlineData(1, 16, 4)]
    [InlineData(4, 64, 9)]
    [InlineData(7, 48, 30)]
    public void A_product_is_the_sum_it_stands_for_whatever_the_remainders(int rows, int depth, int columns)
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no AVX2");
        Product<float, Vector256<float>, VectorUnit256>(rows, depth, columns);
        Product<float, Vector512<float>, VectorUnit512>(rows, depth, columns);
        Product<ushort, Vector256<float>, VectorUnit256>(rows, depth, columns);
        Product<ushort, Vector512<float>, VectorUnit512>(rows, depth, columns);
    }

    [Fact]
    public void Softmax_weights_of_a_row_add_up_and_weigh_the_values()
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no AVX2");
        Softmax<Vector256<float>, VectorUnit256>();
        Softmax<Vector512<float>, VectorUnit512>();
    }

    [Fact]
    public void Norm_and_gate_are_their_formulas()
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no AVX2");
        Elementwise<Vector256<float>, VectorUnit256>();
        Elementwise<Vector512<float>, VectorUnit512>();
    }

    [Fact]
    public void Exponentials_are_right_to_two_units_of_the_last_place_and_at_the_ends()
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no AVX2");
        Exponential<Vector256<float>, VectorUnit256>();
        Exponential<Vector512<float>, VectorUnit512>();
    }

    private static unsafe void Exponential<TVector, TUnit>()
        where TVector : struct
        where TUnit : struct, IVectorUnit<TVector>
    {
        float* x = stackalloc float[TUnit.Width];
        float At(float value)
        {
            x[0] = x[TUnit.Width - 1] = value;
            TUnit.Store(VectorMath<TVector, TUnit>.Exp(TUnit.Load(x)), x);
            Assert.Equal(x[0], x[TUnit.Width - 1]);
            return x[0];
        }
        for (float value = -87; value < 88.7f; value += 0.0137f)
        {
            double exact = Math.Exp(value);
            Assert.InRange(At(value), exact * (1 - 2.4e-7), exact * (1 + 2.4e-7));
        }
        Assert.Equal(
            [1, 0, 0, 0, float.PositiveInfinity, float.PositiveInfinity, float.NaN],
            [.. ((float[])[0, -110, -1e30f, float.NegativeInfinity, 89, float.PositiveInfinity, float.NaN]).Select(At)]
        );
        Assert.InRange(At(-95), Math.Exp(-95) * 0.9, Math.Exp(-95) * 1.1); // few bits are left there
    }

    private static unsafe void Product<TWeight, TVector, TUnit>(int rows, int depth, int columns)
        where TWeight : unmanaged
        where TVector : struct
        where TUnit : struct, IVectorUnit<TVector>
    {
        bool whole = typeof(TWeight) == typeof(float);
        float[] x = Values(rows * depth, 0.7),
            w = [.. Values(columns * depth, 1.3).Select(v => whole ? v : HostKernels.Widen(Narrow(v)))],
            bias = Values(columns, 2.1),
            y = new float[rows * columns];
        ushort[] narrow = [.. w.Select(Narrow)];
        fixed (
            float* px = x,
                pw = w,
                pb = bias,
                py = y
        )
        fixed (ushort* pn = narrow)
        {
            TWeight* weights = whole ? (TWeight*)pw : (TWeight*)pn;
            VectorKernels<TVector, TUnit>.Product(px, depth, rows, weights, depth, pb, py, columns, 0, columns, add: false);
            VectorKernels<TVector, TUnit>.Product(px, depth, rows, weights, depth, null, py, columns, 0, columns, add: true);
        }
        for (int m = 0; m < rows; m++)
        for (int n = 0; n < columns; n++)
            Assert.Equal(
                bias[n] + 2 * Enumerable.Range(0, depth).Sum(k => (double)x[m * depth + k] * w[n * depth + k]),
                y[m * columns + n],
                1e-4
            );
    }

    private static unsafe void Softmax<TVector, TUnit>()
        where TVector : struct
        where TUnit : struct, IVectorUnit<TVector>
    {
        const int count = 37,
            width = 16;
        float[] scores = Values(count, 3.3),
            weights = [.. scores],
            values = Values(count * width, 0.9),
            y = new float[width];
        fixed (
            float* ps = weights,
                pv = values,
                py = y
        )
        {
            float total = VectorKernels<TVector, TUnit>.Exponentials(ps, count, VectorKernels<TVector, TUnit>.Largest(ps, count)).Sum;
            VectorKernels<TVector, TUnit>.WeightedSum(ps, pv, count, py, width);
            double[] exact = [.. scores.Select(s => Math.Exp(s - scores.Max()))];
            Assert.Equal(exact.Sum(), total, 1e-4);
            for (int i = 0; i < width; i++)
                Assert.Equal(Enumerable.Range(0, count).Sum(s => exact[s] * values[s * width + i]), y[i], 1e-4);
        }
    }

    private static unsafe void Elementwise<TVector, TUnit>()
        where TVector : struct
        where TUnit : struct, IVectorUnit<TVector>
    {
        const int width = 48;
        float[] x = Values(width, 0.7),
            weight = Values(width, 1.9),
            normed = new float[width],
            gate = [.. x.Select(v => 5 * v)],
            up = weight;
        fixed (
            float* px = x,
                pw = weight,
                pn = normed,
                pg = gate
        )
        {
            VectorKernels<TVector, TUnit>.RmsNorm(px, pw, pn, width, 1e-5f);
            VectorKernels<TVector, TUnit>.Gate(pg + 16, pw + 16, pg + 16, width - 16);
        }
        double scale = 1 / Math.Sqrt(x.Average(v => (double)v * v) + 1e-5);
        for (int i = 0; i < width; i++)
        {
            Assert.Equal(x[i] * scale * weight[i], normed[i], 1e-5);
            double g = 5 * x[i];
            Assert.Equal(i < 16 ? g : g / (1 + Math.Exp(-g)) * up[i], gate[i], 1e-5);
        }
    }

    private static ushort Narrow(float value) => (ushort)(BitConverter.SingleToInt32Bits(value) >> 16);

    private static float[] Values(int count, double step) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(i * step))];
}
