using System.Numerics;
using System.Security.Cryptography;

namespace GeoVlm.Data.Checking;

/// <summary>What is left of a picture when size, compression and small changes of light are taken away.</summary>
/// <param name="Pixels">SHA-256 of the size and the pixels: equal for equal pictures only.</param>
/// <param name="Gradients">64 bits: whether each of 9 x 8 areas is darker than its right neighbour (dHash).</param>
/// <param name="Thumbnail">[16, 16] grey means, 0 to 255, against chance agreement of the bits in plain pictures.</param>
internal sealed record PerceptualHash(string Pixels, ulong Gradients, byte[] Thumbnail)
{
    private const int Side = 16;
    private const double MostGreyDifference = 6;

    public static PerceptualHash Of(RgbImage image)
    {
        byte[] coarse = Means(image, 9, 8);
        ulong bits = 0;
        for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            bits = bits << 1 | (coarse[y * 9 + x] < coarse[y * 9 + x + 1] ? 1UL : 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(image.Width));
        hash.AppendData(image.Pixels);
        return new PerceptualHash(Convert.ToHexString(hash.GetHashAndReset()), bits, Means(image, Side, Side));
    }

    /// <summary>Whether the two are the same picture but for compression, size and light.</summary>
    public bool IsNear(PerceptualHash other, int distance) =>
        BitOperations.PopCount(Gradients ^ other.Gradients) <= distance
        && Thumbnail.Zip(other.Thumbnail, (a, b) => Math.Abs(a - b)).Average() <= MostGreyDifference;

    private static byte[] Means(RgbImage image, int columns, int rows)
    {
        var sums = new long[columns * rows];
        var counts = new int[columns * rows];
        for (int y = 0; y < image.Height; y++)
        for (int x = 0; x < image.Width; x++)
        {
            int cell = y * rows / image.Height * columns + x * columns / image.Width,
                at = image.Offset(x, y);
            // ITU-R BT.601 luminance, in 256ths.
            sums[cell] += 77 * image.Pixels[at] + 150 * image.Pixels[at + 1] + 29 * image.Pixels[at + 2];
            counts[cell]++;
        }
        return [.. sums.Zip(counts, (sum, count) => (byte)(count == 0 ? 0 : sum / count >> 8))];
    }
}
