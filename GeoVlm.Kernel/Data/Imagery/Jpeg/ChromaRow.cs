using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>A row of chroma at the width of the picture: libjpeg's "fancy upsampling", bit for bit.</summary>
/// <remarks>A triangle filter: each pixel is three quarters of the sample it lies in and a quarter of the nearer neighbour, along each axis that
/// was halved. Roundings take turns between down and up.</remarks>
internal sealed class ChromaRow(JpegPlane plane, JpegComponent luma)
{
    private const int Lanes = 16;

    // The samples of a row, or three of the nearer row and one of the farther; one more at either end.
    private readonly ushort[] sums = new ushort[plane.Width + 2 + 2 * Lanes];
    private readonly byte[] wide = new byte[2 * (plane.Width + 2 * Lanes)];

    /// <summary>Whether chroma of this width is filtered so; libjpeg repeats the samples of a narrower one.</summary>
    public static bool Serves(JpegPlane chroma, JpegComponent luma) => luma.Across == 1 || chroma.Width > 2;

    /// <summary>The chroma of a row of the picture, and some bytes more.</summary>
    public ReadOnlySpan<byte> At(int y)
    {
        if (luma.Across == 1)
            return plane.Row(y);
        if (luma.Down == 1)
        {
            var row = plane.Row(y);
            Sum(row, row, 0);
            Widen(1, 2, 2);
        }
        else
        {
            Sum(plane.Row(y / 2), plane.Row(y % 2 == 0 ? y / 2 - 1 : y / 2 + 1), 1);
            Widen(8, 7, 4);
        }
        return wide;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, ushort share)
    {
        int width = plane.Width;
        ref byte a = ref MemoryMarshal.GetReference(near[..(width + Lanes)]),
            b = ref MemoryMarshal.GetReference(far[..(width + Lanes)]);
        ref ushort to = ref sums[1];
        ushort weight = (ushort)(1 + 2 * share);
        for (int x = 0; x < width; x += Lanes)
        {
            var sum =
                Vector256.WidenLower(Vector128.LoadUnsafe(ref a, (nuint)x).ToVector256Unsafe()) * weight
                + Vector256.WidenLower(Vector128.LoadUnsafe(ref b, (nuint)x).ToVector256Unsafe()) * share;
            sum.StoreUnsafe(ref to, (nuint)x);
        }
        (sums[0], sums[width + 1]) = (sums[1], sums[width]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Widen(ushort roundLeft, ushort roundRight, int shift)
    {
        ref ushort from = ref sums[0];
        ref byte to = ref wide[0];
        for (int x = 0; x < plane.Width; x += Lanes)
        {
            var here = Vector256.LoadUnsafe(ref from, (nuint)x + 1) * 3;
            var left = (here + Vector256.LoadUnsafe(ref from, (nuint)x) + Vector256.Create(roundLeft)) >>> shift;
            var right = (here + Vector256.LoadUnsafe(ref from, (nuint)x + 2) + Vector256.Create(roundRight)) >>> shift;
            (left | right << 8).AsByte().StoreUnsafe(ref to, (nuint)(2 * x));
        }
    }
}
