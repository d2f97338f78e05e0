using System.Buffers;
using GeoVlm.Data;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Pillow's bicubic resize with antialiasing, bit for bit: what the model's images went through in training.</summary>
/// <remarks>
/// A separable filter in fixed point with 22 fractional bits, rows first, rounded to 8 bits in between; the kernel is Keys' cubic with
/// a = -0.5, widened by the scale when shrinking. Specified by Pillow's Resample.c; resized pictures compare equal to Pillow's.
/// </remarks>
internal static class BicubicResize
{
    private const int FractionBits = 22, Half = 1 << (FractionBits - 1);

    /// <summary>The picture at another size; the same object when the size is already right.</summary>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        if (image.Width == width && image.Height == height) return image;
        (byte[] pixels, int rows) = (image.Pixels, image.Height);
        if (image.Width != width)
        {
            byte[] narrowed = new byte[rows * width * 3];
            Horizontal(pixels, image.Width, rows, new Filter(image.Width, width), narrowed);
            pixels = narrowed;
        }
        if (rows == height) return new(width, height, pixels);
        byte[] result = new byte[height * width * 3];
        Vertical(pixels, width * 3, new Filter(rows, height), result);
        return new(width, height, result);
    }

    private static void Horizontal(byte[] source, int sourceWidth, int rows, Filter filter, byte[] target)
    {
        int to = 0;
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < filter.OutputSize; x++)
            {
                (int first, int count) = filter.Span(x);
                ReadOnlySpan<int> weights = filter.Weights(x);
                int from = (y * sourceWidth + first) * 3, red = Half, green = Half, blue = Half;
                for (int k = 0; k < count; k++, from += 3)
                {
                    red += source[from] * weights[k];
                    green += source[from + 1] * weights[k];
                    blue += source[from + 2] * weights[k];
                }
                target[to++] = Clip(red);
                target[to++] = Clip(green);
                target[to++] = Clip(blue);
            }
        }
    }

    private static void Vertical(byte[] source, int stride, Filter filter, byte[] target)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(stride);
        Span<int> sums = rented.AsSpan(0, stride);
        for (int y = 0; y < filter.OutputSize; y++)
        {
            (int first, int count) = filter.Span(y);
            ReadOnlySpan<int> weights = filter.Weights(y);
            sums.Fill(Half);
            for (int k = 0; k < count; k++)
            {
                ReadOnlySpan<byte> row = source.AsSpan((first + k) * stride, stride);
                int weight = weights[k];
                for (int i = 0; i < sums.Length; i++) sums[i] += row[i] * weight;
            }
            Span<byte> output = target.AsSpan(y * stride, stride);
            for (int i = 0; i < sums.Length; i++) output[i] = Clip(sums[i]);
        }
        ArrayPool<int>.Shared.Return(rented);
    }

    private static byte Clip(int value) => (byte)Math.Clamp(value >> FractionBits, 0, 255);

    /// <summary>For each output index the input indices it reads and their weights.</summary>
    private sealed class Filter
    {
        private readonly int[] firsts, counts, weights;
        private readonly int longest;

        public Filter(int inputSize, int outputSize)
        {
            OutputSize = outputSize;
            double scale = (double)inputSize / outputSize, widening = Math.Max(scale, 1), support = 2 * widening;
            longest = (int)Math.Ceiling(support) * 2 + 1;
            firsts = new int[outputSize];
            counts = new int[outputSize];
            weights = new int[outputSize * longest];
            double[] exact = new double[longest];
            for (int x = 0; x < outputSize; x++)
            {
                double centre = (x + 0.5) * scale, sum = 0;
                int first = Math.Max((int)(centre - support + 0.5), 0), count = Math.Min((int)(centre + support + 0.5), inputSize) - first;
                for (int k = 0; k < count; k++) sum += exact[k] = Kernel((k + first - centre + 0.5) * (1 / widening));
                for (int k = 0; k < count; k++)
                {
                    double weight = exact[k] / sum * (1 << FractionBits);
                    weights[x * longest + k] = (int)(weight + (weight < 0 ? -0.5 : 0.5));
                }
                (firsts[x], counts[x]) = (first, count);
            }
        }

        public int OutputSize { get; }

        public (int First, int Count) Span(int x) => (firsts[x], counts[x]);

        public ReadOnlySpan<int> Weights(int x) => weights.AsSpan(x * longest, longest);

        private static double Kernel(double x)
        {
            const double a = -0.5;
            x = Math.Abs(x);
            return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
        }
    }
}
