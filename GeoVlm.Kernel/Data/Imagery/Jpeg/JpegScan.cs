using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>Reads the blocks of a scan into the planes of its components.</summary>
internal static class JpegScan
{
    // Beyond it 32 bits might not hold the sums of the transform; no picture of bytes has as much in one block.
    private const int LargestSum = 16384;

    // Of an entry: bits of the number that follows.
    private const int SizeBits = 15 << 16;

    /// <summary>Decodes every block; false where the bytes are not what the header promises.</summary>
    public static bool Read(ReadOnlySpan<byte> file, JpegHeader header, JpegPlane[] planes)
    {
        var bits = new ScanBits(file, header.Scan);
        try
        {
            return Read(ref bits, header, planes);
        }
        finally
        {
            bits.Dispose();
        }
    }

    private static bool Read(ref ScanBits bits, JpegHeader header, JpegPlane[] planes)
    {
        Span<int> means = stackalloc int[planes.Length];
        Span<int> block = stackalloc int[64];
        block.Clear();
        var luma = planes[0].Component;
        int across = (header.Width + 8 * luma.Across - 1) / (8 * luma.Across),
            down = (header.Height + 8 * luma.Down - 1) / (8 * luma.Down),
            units = 0;
        for (int y = 0; y < down; y++)
        for (int x = 0; x < across; x++, units++)
        {
            if (header.UnitsBetweenRestarts > 0 && units > 0 && units % header.UnitsBetweenRestarts == 0)
            {
                if (!bits.Restart((units / header.UnitsBetweenRestarts - 1) & 7))
                    return false;
                means.Clear();
            }
            for (int c = 0; c < planes.Length; c++)
            {
                var plane = planes[c];
                var component = plane.Component;
                for (int v = 0; v < component.Down; v++)
                for (int h = 0; h < component.Across; h++)
                {
                    ref byte corner = ref plane.Corner(x * component.Across + h, y * component.Down + v);
                    if (!ReadBlock(ref bits, component, ref means[c], block, ref corner, plane.Stride))
                        return false;
                }
            }
        }
        return bits.IsAtMarker;
    }

    // The block is all zeros before and after.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool ReadBlock(
        ref ScanBits bits,
        JpegComponent component,
        scoped ref int mean,
        scoped Span<int> block,
        scoped ref byte corner,
        int stride
    )
    {
        // No index below exceeds these lengths.
        ref int entries = ref MemoryMarshal.GetReference(component.Details.Entries);
        ref int steps = ref MemoryMarshal.GetReference(component.Steps);
        ref int coefficients = ref MemoryMarshal.GetReference(block[..64]);
        ref byte bytes = ref bits.First;
        // In registers: what goes by way of memory waits for it at every symbol.
        var (next, left, at) = (bits.Next, bits.Left, bits.At);
        ScanBits.FillUp(ref bytes, ref next, ref left, ref at);
        int entry = component.Means.Entries[(int)(next >> (64 - HuffmanTable.LookupBits))];
        if (entry == 0 && (entry = component.Means.Long(next)) == 0)
            return false;
        if ((entry & SizeBits) != 0)
        {
            int size = Magnitude(next, entry, out int sign);
            mean += (size ^ sign) - sign;
        }
        next <<= entry;
        left -= entry & 63;
        int flat = mean * (steps >> 8),
            sum = 0,
            k = 1;
        while (k < 64)
        {
            if (left < 32)
                ScanBits.FillUp(ref bytes, ref next, ref left, ref at);
            entry = Unsafe.Add(ref entries, (nint)(next >> (64 - HuffmanTable.LookupBits)));
            if (entry == 0 && (entry = component.Details.Long(next)) == 0)
                return false;
            ulong here = next;
            next <<= entry;
            left -= entry & 63;
            k += entry >> 20;
            if ((entry & SizeBits) == 0)
            {
                if (entry >> 20 != 15)
                    break; // nothing but zeros follows
                k++;
                continue;
            }
            if (k > 63)
                return false;
            int step = Unsafe.Add(ref steps, k),
                size = Magnitude(here, entry, out int sign) * (step >> 8);
            sum += size;
            Unsafe.Add(ref coefficients, step & 255) = (size ^ sign) - sign;
            k++;
        }
        (bits.Next, bits.Left, bits.At) = (next, left, at);
        if (bits.Rest < 0 || mean != (short)mean || sum + Math.Abs(flat) > LargestSum)
            return false;
        if (sum == 0)
        {
            BlockTransform.WriteFlat(flat, ref corner, stride);
            return true;
        }
        coefficients = flat;
        BlockTransform.Write(block, ref corner, stride);
        block.Clear();
        return true;
    }

    // The number behind a code: its size, and -1 where it is negative, which is told by a first bit of 0 and all bits turned over.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Magnitude(ulong next, int entry, out int sign)
    {
        ulong bits = next << (entry >> 8),
            negative = (ulong)~((long)bits >> 63);
        sign = (int)negative;
        return (int)((bits ^ negative) >> -(entry >> 16 & 15));
    }
}
