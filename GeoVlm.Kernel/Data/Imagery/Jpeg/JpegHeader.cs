using System.Buffers.Binary;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>What a JPEG file says before its first scan.</summary>
/// <param name="Width">Columns, in pixels.</param>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Components">Luma alone, or luma and two chromas.</param>
/// <param name="UnitsBetweenRestarts">Units of the scan from one restart marker to the next; 0 where there is none.</param>
/// <param name="Scan">Where the compressed bytes begin.</param>
internal sealed record JpegHeader(int Width, int Height, IReadOnlyList<JpegComponent> Components, int UnitsBetweenRestarts, int Scan)
{
    /// <summary>Reads the segments of a file of one sequential scan with 8 bits, grey or YCbCr; null for every other file.</summary>
    public static JpegHeader? Read(ReadOnlySpan<byte> file)
    {
        var parts = new Parts();
        if (file is not [0xFF, 0xD8, ..])
            return null;
        int at = 2;
        while (at + 4 <= file.Length && file[at] == 0xFF)
        {
            int marker = file[at + 1],
                length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (marker == 0xFF) // a byte to fill up
            {
                at++;
                continue;
            }
            if (length < 2 || at + 2 + length > file.Length || marker < 0xC0)
                return null;
            var segment = file.Slice(at + 4, length - 2);
            at += 2 + length;
            if (marker == 0xDA)
                return parts.Finish(segment, at);
            if (!parts.Take(marker, segment))
                return null;
        }
        return null;
    }

    private sealed class Parts
    {
        private readonly byte[]?[] quantisations = new byte[4][];
        private readonly HuffmanTable?[] codes = new HuffmanTable[8];
        private byte[]? frame;
        private int restarts;
        private bool jfif;
        private int? adobe;

        public bool Take(int marker, ReadOnlySpan<byte> segment)
        {
            switch (marker)
            {
                case 0xC0 or 0xC1 when frame is null:
                    frame = segment.ToArray();
                    return true;
                case 0xC4:
                    return Codes(segment);
                case 0xDB:
                    return Quantisations(segment);
                case 0xDD when segment.Length == 2:
                    restarts = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    return true;
                case 0xE0:
                    jfif |= segment.Length >= 14 && segment.StartsWith("JFIF\0"u8);
                    return true;
                case 0xEE when segment.Length >= 12 && segment.StartsWith("Adobe"u8):
                    adobe = segment[11];
                    return true;
                default:
                    return marker is > 0xE0 and <= 0xEF or 0xFE;
            }
        }

        public JpegHeader? Finish(ReadOnlySpan<byte> scan, int at)
        {
            if (frame is not [8, var high, var low, var wide, var narrow, var count, .. var rest] || rest.Length != 3 * count)
                return null;
            if (count is not (1 or 3) || scan.Length != 4 + 2 * count || scan[0] != count || scan[^3..] is not [0, 63, 0])
                return null;
            var components = new JpegComponent[count];
            for (int i = 0; i < count; i++)
            {
                int sampling = rest[3 * i + 1],
                    coding = scan[2 + 2 * i];
                if (
                    scan[1 + 2 * i] != rest[3 * i]
                    || rest[3 * i + 2] > 3
                    || quantisations[rest[3 * i + 2]] is not { } steps
                    || coding >> 4 > 3
                    || (coding & 15) > 3
                    || codes[coding >> 4] is not { } means
                    || codes[4 + (coding & 15)] is not { } details
                )
                    return null;
                // The only component of a scan lies there block by block, whatever its sampling.
                components[i] = new(rest[3 * i], count == 1 ? 1 : sampling >> 4, count == 1 ? 1 : sampling & 15, steps)
                {
                    Means = means,
                    Details = details,
                };
            }
            bool known =
                count == 1
                || IsLumaAndChroma(components)
                    && components[0] is { Across: 1 or 2, Down: 1 or 2 } and not { Across: 1, Down: 2 }
                    && components[1..].All(c => c is { Across: 1, Down: 1 });
            var (width, height) = (wide << 8 | narrow, high << 8 | low);
            return known && width > 0 && height > 0 ? new(width, height, components, restarts, at) : null;
        }

        // As libjpeg guesses: JFIF means it; else Adobe's marker says so; else the usual names do.
        private bool IsLumaAndChroma(JpegComponent[] components) =>
            jfif || (adobe is { } transform ? transform == 1 : components.Select(c => (int)c.Id).SequenceEqual([1, 2, 3]));

        private bool Quantisations(ReadOnlySpan<byte> segment)
        {
            for (; segment.Length >= 65 && segment[0] <= 3; segment = segment[65..])
                quantisations[segment[0]] = segment[1..65].ToArray();
            return segment.IsEmpty;
        }

        private bool Codes(ReadOnlySpan<byte> segment)
        {
            while (segment.Length >= 17)
            {
                int total = 0;
                foreach (byte count in segment[1..17])
                    total += count;
                int slot = (segment[0] >> 4) * 4 + (segment[0] & 15);
                if ((segment[0] & 15) > 3 || slot > 7 || total > 256 || segment.Length < 17 + total)
                    return false;
                byte[] symbols = segment.Slice(17, total).ToArray();
                if ((codes[slot] = HuffmanTable.Create(segment[1..17], symbols)) is null)
                    return false;
                if (slot < 4 && symbols.Any(symbol => symbol > 15))
                    return false;
                segment = segment[(17 + total)..];
            }
            return segment.IsEmpty;
        }
    }
}
