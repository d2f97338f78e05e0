using GeoVlm.Models.Native;

namespace GeoVlm.Tests.Models.Native;

public unsafe class HostKernelsTests
{
    [Theory]
    [InlineData(1, 16, 4)]
    [InlineData(4, 64, 9)]
    [InlineData(7, 48, 30)]
    public void A_product_is_the_sum_it_stands_for_whatever_the_remainders(int rows, int depth, int columns)
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no 512-bit vectors");
        float[] x = Values(rows * depth, 0.7),
            w = Values(columns * depth, 1.3),
            bias = Values(columns, 2.1),
            y = new float[rows * columns];
        fixed (
            float* px = x,
                pw = w,
                pb = bias,
                py = y
        )
        {
            HostKernels.Product(px, depth, rows, pw, depth, pb, py, columns, 0, columns);
            HostKernels.Product(px, depth, rows, pw, depth, null, py, columns, 0, columns, add: true);
        }
        for (int m = 0; m < rows; m++)
        for (int n = 0; n < columns; n++)
            Assert.Equal(
                bias[n] + 2 * Enumerable.Range(0, depth).Sum(k => (double)x[m * depth + k] * w[n * depth + k]),
                y[m * columns + n],
                1e-4
            );
    }

    [Fact]
    public void Softmax_weights_of_a_row_add_up_and_weigh_the_values()
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no 512-bit vectors");
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
            float total = HostKernels.Exponentials(ps, count);
            HostKernels.WeightedSum(ps, pv, count, py, width);
            double[] exact = [.. scores.Select(s => Math.Exp(s - scores.Max()))];
            Assert.Equal(exact.Sum(), total, 1e-4);
            for (int i = 0; i < width; i++)
                Assert.Equal(Enumerable.Range(0, count).Sum(s => exact[s] * values[s * width + i]), y[i], 1e-4);
        }
    }

    private static float[] Values(int count, double step) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(i * step))];
}
