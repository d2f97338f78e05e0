namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>One Huffman code of a JPEG: the next bits of the stream to what they mean.</summary>
/// <remarks>Most codes are told by their first bits alone, and so is the number that follows a short one: see <see cref="Entries"/>.</remarks>
internal sealed class HuffmanTable
{
    /// <summary>Bits that one look-up sees.</summary>
    public const int LookupBits = 11;

    private const int LongestCode = 16;

    private readonly int[] entries = new int[1 << LookupBits];

    // Of each length: the first code that is too large for it, on the scale of 16 bits, and what turns a code into an index.
    private readonly int[] limits = new int[LongestCode + 2],
        offsets = new int[LongestCode + 1];
    private readonly byte[] symbols;

    private HuffmanTable(byte[] symbols) => this.symbols = symbols;

    /// <summary>What the next 11 bits begin with; 0 where the code is longer.</summary>
    /// <remarks>
    /// Bits 0 to 7: bits taken. Bits 8 to 15: the symbol. Where bits 16 to 31 are not 0 they are the number that follows the
    /// code, whose bits are counted in.
    /// </remarks>
    public ReadOnlySpan<int> Entries => entries;

    /// <summary>The table of a DHT segment; null where it is none.</summary>
    /// <param name="counts">Codes of each length from 1 to 16.</param>
    /// <param name="symbols">What they mean, in the order of the codes.</param>
    public static HuffmanTable? Create(ReadOnlySpan<byte> counts, byte[] symbols)
    {
        var table = new HuffmanTable(symbols);
        int code = 0,
            index = 0;
        for (int length = 1; length <= LongestCode; length++, code <<= 1)
        {
            table.offsets[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, index++, code++)
            {
                if (code >= (1 << length) - 1)
                    return null; // a code of ones alone is reserved
                if (length <= LookupBits)
                    table.Enter(code, length, symbols[index]);
            }
            table.limits[length] = code << (LongestCode - length);
        }
        table.limits[LongestCode + 1] = int.MaxValue;
        return table;
    }

    /// <summary>A code longer than the look-up sees.</summary>
    /// <param name="next">The next 16 bits of the stream.</param>
    /// <param name="length">Bits of the code.</param>
    /// <returns>The symbol; -1 where no code begins so.</returns>
    public int Long(int next, out int length)
    {
        for (length = LookupBits + 1; next >= limits[length]; length++)
            if (length > LongestCode)
                return -1;
        return length > LongestCode ? -1 : symbols[offsets[length] + (next >> (LongestCode - length))];
    }

    /// <summary>The number that <paramref name="size"/> bits after a code stand for.</summary>
    public static int Signed(int bits, int size) => bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;

    private void Enter(int code, int length, byte symbol)
    {
        int free = LookupBits - length,
            size = symbol & 15;
        for (int rest = 0; rest < 1 << free; rest++)
        {
            int taken = length,
                value = 0;
            if (size > 0 && size <= free)
            {
                value = Signed(rest >> (free - size), size);
                taken += size;
            }
            entries[(code << free) | rest] = (value << 16) | (symbol << 8) | taken;
        }
    }
}
