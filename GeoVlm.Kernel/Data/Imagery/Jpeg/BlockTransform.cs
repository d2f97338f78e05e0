using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>Coefficients of a block to its 8 x 8 bytes.</summary>
/// <remarks>
/// The inverse cosine transform of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) in fixed point as libjpeg's "islow" has it, bit for bit:
/// columns first, 13 fractional bits in the constants and 2 in between. Eight columns, then eight rows, are computed side by side.
/// </remarks>
internal static class BlockTransform
{
    private const int FractionBits = 13,
        BetweenBits = 2;

    /// <summary>Writes a block.</summary>
    /// <param name="block">64 coefficients times their steps, row by row.</param>
    /// <param name="target">The byte of the block's upper left corner.</param>
    /// <param name="stride">From one row of it to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(ReadOnlySpan<int> block, ref byte target, int stride)
    {
        ref int first = ref MemoryMarshal.GetReference(block[..64]);
        Span<Vector256<int>> lines = stackalloc Vector256<int>[8];
        for (int i = 0; i < 8; i++)
            lines[i] = Vector256.LoadUnsafe(ref first, (nuint)(8 * i));
        Pass(lines, FractionBits - BetweenBits);
        Transpose(lines);
        Pass(lines, FractionBits + BetweenBits + 3);
        // Columns now. Values beyond ten bits wrap round, as in libjpeg's table of limits.
        var left = Bytes(lines[0], lines[1], lines[2], lines[3]);
        var right = Bytes(lines[4], lines[5], lines[6], lines[7]);
        var even = Avx2.UnpackLow(left, right).AsUInt64(); // rows 0, 1, 4, 5
        var odd = Avx2.UnpackHigh(left, right).AsUInt64(); // rows 2, 3, 6, 7
        for (int i = 0; i < 2; i++)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, i * stride), even.GetElement(i));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, (i + 2) * stride), odd.GetElement(i));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, (i + 4) * stride), even.GetElement(i + 2));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, (i + 6) * stride), odd.GetElement(i + 2));
        }
    }

    /// <summary>Writes a block that has a mean and nothing else.</summary>
    public static void WriteFlat(int mean, ref byte target, int stride)
    {
        int level = ((mean << BetweenBits) + (1 << (BetweenBits + 2))) >> (BetweenBits + 3);
        ulong row = 0x0101010101010101UL * (byte)Math.Clamp((level << 22 >> 22) + 128, 0, 255);
        for (int i = 0; i < 8; i++)
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, i * stride), row);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(Span<Vector256<int>> v, int shift)
    {
        var half = Vector256.Create(1 << (shift - 1));
        // Even part.
        var turn = (v[2] + v[6]) * 4433; // 0.541196100
        var e2 = turn - v[6] * 15137; // 1.847759065
        var e3 = turn + v[2] * 6270; // 0.765366865
        var e0 = ((v[0] + v[4]) << FractionBits) + half;
        var e1 = ((v[0] - v[4]) << FractionBits) + half;
        var (a0, a3, a1, a2) = (e0 + e3, e0 - e3, e1 + e2, e1 - e2);
        // Odd part.
        var (o0, o1, o2, o3) = (v[7], v[5], v[3], v[1]);
        var (z1, z2, z3, z4) = (o0 + o3, o1 + o2, o0 + o2, o1 + o3);
        var z5 = (z3 + z4) * 9633; // 1.175875602
        z1 *= -7373; // 0.899976223
        z2 *= -20995; // 2.562915447
        z3 = z3 * -16069 + z5; // 1.961570560
        z4 = z4 * -3196 + z5; // 0.390180644
        o0 = o0 * 2446 + z1 + z3; // 0.298631336
        o1 = o1 * 16819 + z2 + z4; // 2.053119869
        o2 = o2 * 25172 + z2 + z3; // 3.072711026
        o3 = o3 * 12299 + z1 + z4; // 1.501321110
        (v[0], v[7]) = ((a0 + o3) >> shift, (a0 - o3) >> shift);
        (v[1], v[6]) = ((a1 + o2) >> shift, (a1 - o2) >> shift);
        (v[2], v[5]) = ((a2 + o1) >> shift, (a2 - o1) >> shift);
        (v[3], v[4]) = ((a3 + o0) >> shift, (a3 - o0) >> shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Span<Vector256<int>> v)
    {
        var (a0, a1) = (Avx2.UnpackLow(v[0], v[1]).AsInt64(), Avx2.UnpackHigh(v[0], v[1]).AsInt64());
        var (b0, b1) = (Avx2.UnpackLow(v[2], v[3]).AsInt64(), Avx2.UnpackHigh(v[2], v[3]).AsInt64());
        var (c0, c1) = (Avx2.UnpackLow(v[4], v[5]).AsInt64(), Avx2.UnpackHigh(v[4], v[5]).AsInt64());
        var (d0, d1) = (Avx2.UnpackLow(v[6], v[7]).AsInt64(), Avx2.UnpackHigh(v[6], v[7]).AsInt64());
        var (p0, p1, p2, p3) = (Avx2.UnpackLow(a0, b0), Avx2.UnpackHigh(a0, b0), Avx2.UnpackLow(a1, b1), Avx2.UnpackHigh(a1, b1));
        var (q0, q1, q2, q3) = (Avx2.UnpackLow(c0, d0), Avx2.UnpackHigh(c0, d0), Avx2.UnpackLow(c1, d1), Avx2.UnpackHigh(c1, d1));
        (v[0], v[4]) = Halves(p0, q0);
        (v[1], v[5]) = Halves(p1, q1);
        (v[2], v[6]) = Halves(p2, q2);
        (v[3], v[7]) = Halves(p3, q3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Low, Vector256<int> High) Halves(Vector256<long> a, Vector256<long> b) =>
        (Avx2.Permute2x128(a, b, 0x20).AsInt32(), Avx2.Permute2x128(a, b, 0x31).AsInt32());

    // Four columns to four bytes of each row: rows 0 to 3, then 4 to 7.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Bytes(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        var middle = Vector256.Create(128);
        var first = Avx2.PackSignedSaturate((a << 22 >> 22) + middle, (b << 22 >> 22) + middle);
        var second = Avx2.PackSignedSaturate((c << 22 >> 22) + middle, (d << 22 >> 22) + middle);
        var square = Vector256.Create(
            (byte)0,
            4,
            8,
            12,
            1,
            5,
            9,
            13,
            2,
            6,
            10,
            14,
            3,
            7,
            11,
            15,
            0,
            4,
            8,
            12,
            1,
            5,
            9,
            13,
            2,
            6,
            10,
            14,
            3,
            7,
            11,
            15
        );
        return Avx2.Shuffle(Avx2.PackUnsignedSaturate(first, second), square).AsInt32();
    }
}
