using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>Luma and chroma of a row to red, green and blue (ITU-R BT.601, full range), rounded as libjpeg's tables are.</summary>
internal static class ColourRow
{
    private const int Pixels = 16,
        FractionBits = 16;

    /// <summary>Writes a row of colours.</summary>
    /// <param name="y">Luma; it and the chromas are read in steps of 16.</param>
    /// <param name="cb">Blue against luma.</param>
    /// <param name="cr">Red against luma.</param>
    /// <param name="rgb">Three bytes for each pixel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(ReadOnlySpan<byte> y, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> rgb)
    {
        int width = rgb.Length / 3,
            reach = (width + Pixels - 1) / Pixels * Pixels;
        ref byte lumas = ref MemoryMarshal.GetReference(y[..reach]),
            blues = ref MemoryMarshal.GetReference(cb[..reach]),
            reds = ref MemoryMarshal.GetReference(cr[..reach]);
        Span<byte> last = stackalloc byte[3 * Pixels];
        for (int x = 0; x < width; x += Pixels)
        {
            var (r0, g0, b0) = Colours(ref lumas, ref blues, ref reds, x);
            var (r1, g1, b1) = Colours(ref lumas, ref blues, ref reds, x + 8);
            bool whole = x + Pixels <= width;
            ref byte target = ref whole ? ref rgb[3 * x] : ref last[0];
            Interleave(Bytes(r0, r1), Bytes(g0, g1), Bytes(b0, b1), ref target);
            if (!whole)
                last[..(3 * (width - x))].CopyTo(rgb[(3 * x)..]);
        }
    }

    /// <summary>Writes a row of greys.</summary>
    public static void Write(ReadOnlySpan<byte> y, Span<byte> rgb)
    {
        for (int x = 0; x < rgb.Length / 3; x++)
            rgb.Slice(3 * x, 3).Fill(y[x]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> R, Vector256<int> G, Vector256<int> B) Colours(ref byte lumas, ref byte blues, ref byte reds, int x)
    {
        var half = Vector256.Create(1 << (FractionBits - 1));
        var (luma, blue, red) = (
            Eight(ref lumas, x),
            Eight(ref blues, x) - Vector256.Create(128),
            Eight(ref reds, x) - Vector256.Create(128)
        );
        return (
            luma + ((red * 91881 + half) >> FractionBits), // 1.402
            luma + ((red * -46802 + blue * -22554 + half) >> FractionBits), // 0.71414 and 0.34414
            luma + ((blue * 116130 + half) >> FractionBits) // 1.772
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Eight(ref byte bytes, int x) =>
        Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, x))).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Bytes(Vector256<int> low, Vector256<int> high)
    {
        var sixteen = Avx2.Permute4x64(Avx2.PackSignedSaturate(low, high).AsInt64(), 0b11_01_10_00).AsInt16();
        return Sse2.PackUnsignedSaturate(sixteen.GetLower(), sixteen.GetUpper());
    }

    // An index of 255 gives a zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector128<byte> r, Vector128<byte> g, Vector128<byte> b, ref byte target)
    {
        const byte o = 255;
        var first =
            Vector128.Shuffle(r, Vector128.Create(0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o, o, 5))
            | Vector128.Shuffle(g, Vector128.Create(o, 0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o, o))
            | Vector128.Shuffle(b, Vector128.Create(o, o, 0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o));
        var second =
            Vector128.Shuffle(r, Vector128.Create(o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o, 10, o))
            | Vector128.Shuffle(g, Vector128.Create(5, o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o, 10))
            | Vector128.Shuffle(b, Vector128.Create(o, 5, o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o));
        var third =
            Vector128.Shuffle(r, Vector128.Create(o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15, o, o))
            | Vector128.Shuffle(g, Vector128.Create(o, o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15, o))
            | Vector128.Shuffle(b, Vector128.Create(10, o, o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15));
        first.StoreUnsafe(ref target);
        second.StoreUnsafe(ref target, 16);
        third.StoreUnsafe(ref target, 32);
    }
}
