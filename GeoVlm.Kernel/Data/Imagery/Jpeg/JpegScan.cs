using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>Reads the blocks of a scan into the planes of its components.</summary>
internal static class JpegScan
{
    // Beyond it 32 bits might not hold the sums of the transform; no picture of bytes has as much in one block.
    private const int LargestSum = 16384;

    // Where the coefficients of a file go, row by row.
    private static ReadOnlySpan<byte> Places =>
        [
            0,
            1,
            8,
            16,
            9,
            2,
            3,
            10,
            17,
            24,
            32,
            25,
            18,
            11,
            4,
            5,
            12,
            19,
            26,
            33,
            40,
            48,
            41,
            34,
            27,
            20,
            13,
            6,
            7,
            14,
            21,
            28,
            35,
            42,
            49,
            56,
            57,
            50,
            43,
            36,
            29,
            22,
            15,
            23,
            30,
            37,
            44,
            51,
            58,
            59,
            52,
            45,
            38,
            31,
            39,
            46,
            53,
            60,
            61,
            54,
            47,
            55,
            62,
            63,
        ];

    /// <summary>Decodes every block; false where the bytes are not what the header promises.</summary>
    public static bool Read(ReadOnlySpan<byte> file, JpegHeader header, IReadOnlyList<JpegPlane> planes)
    {
        var bits = new ScanBits(file, header.Scan);
        Span<int> means = stackalloc int[planes.Count];
        Span<int> block = stackalloc int[64];
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
            for (int c = 0; c < planes.Count; c++)
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
        ref ushort steps = ref MemoryMarshal.GetReference(component.Quantisation.AsSpan(0, 64));
        ref byte places = ref MemoryMarshal.GetReference(Places);
        ref int coefficients = ref MemoryMarshal.GetReference(block[..64]);
        if (!ReadMean(ref bits, component.Means, ref mean))
            return false;
        int flat = mean * steps,
            sum = Math.Abs(flat),
            k = 1;
        bool cleared = false;
        // In registers: what goes by way of memory waits for it at every symbol.
        var (next, left) = (bits.Next, bits.Left);
        while (k < 64)
        {
            if (left < 32)
            {
                (bits.Next, bits.Left) = (next, left);
                bits.FillUp();
                (next, left) = (bits.Next, bits.Left);
            }
            int entry = Unsafe.Add(ref entries, (nint)(next >> (64 - HuffmanTable.LookupBits))),
                symbol = entry >> 8 & 255,
                taken = entry & 255,
                value = entry >> 16;
            if (value == 0)
            {
                if (entry == 0 && (symbol = component.Details.Long((int)(next >> 48), out taken)) < 0)
                    return false;
                int size = symbol & 15;
                if (size > 0)
                {
                    value = HuffmanTable.Signed((int)(next << taken >> (64 - size)), size);
                    taken += size;
                }
            }
            next <<= taken;
            left -= taken;
            k += symbol >> 4;
            if (value == 0)
            {
                if (symbol != 0xF0)
                    break; // nothing but zeros follows
                k++;
                continue;
            }
            if (k > 63)
                return false;
            if (!cleared)
            {
                block.Clear();
                cleared = true;
            }
            value *= Unsafe.Add(ref steps, k);
            sum += Math.Abs(value);
            Unsafe.Add(ref coefficients, (nint)Unsafe.Add(ref places, k)) = value;
            k++;
        }
        (bits.Next, bits.Left) = (next, left);
        if (left < 0 || sum > LargestSum)
            return false;
        if (!cleared)
        {
            BlockTransform.WriteFlat(flat, ref corner, stride);
            return true;
        }
        block[0] = flat;
        BlockTransform.Write(block, ref corner, stride);
        return true;
    }

    // The mean of a block is told by what it differs from the one before.
    private static bool ReadMean(ref ScanBits bits, HuffmanTable table, scoped ref int mean)
    {
        bits.FillUp();
        int entry = table.Entries[(int)(bits.Next >> (64 - HuffmanTable.LookupBits))],
            size = entry >> 8 & 15,
            taken = entry & 255,
            value = entry >> 16;
        if (entry == 0 && (size = table.Long((int)(bits.Next >> 48), out taken)) < 0)
            return false;
        if (value == 0 && size > 0)
        {
            value = HuffmanTable.Signed((int)(bits.Next << taken >> (64 - size)), size);
            taken += size;
        }
        bits.Take(taken);
        mean += value;
        return mean == (short)mean;
    }
}
