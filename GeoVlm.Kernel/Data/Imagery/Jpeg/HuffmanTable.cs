namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>One Huffman code of a JPEG: the next bits of the stream to what they mean.</summary>
/// <remarks>
/// Nearly all codes are told by their first bits alone: see <see cref="Entries"/>. An entry holds in bits 0 to 5 the bits of the code and of
/// the number that follows, in bits 8 to 13 those of the code alone, in bits 16 to 19 those of the number, and in bits 20 to 23 the zeros before it.
/// So the next code can be looked up before the number is known.
/// </remarks>
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

    /// <summary>The entry of what the next 11 bits begin with; 0 where the code is longer.</summary>
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
                    table.entries.AsSpan(code << (LookupBits - length), 1 << (LookupBits - length)).Fill(Entry(length, symbols[index]));
            }
            table.limits[length] = code << (LongestCode - length);
        }
        table.limits[LongestCode + 1] = int.MaxValue;
        return table;
    }

    /// <summary>The entry of a code longer than the look-up sees; 0 where no code begins so.</summary>
    /// <param name="next">The next 16 bits of the stream.</param>
    public int Long(int next)
    {
        int length = LookupBits + 1;
        while (next >= limits[length])
            length++;
        return length > LongestCode ? 0 : Entry(length, symbols[offsets[length] + (next >> (LongestCode - length))]);
    }

    private static int Entry(int length, int symbol) => symbol << 16 | length << 8 | (length + (symbol & 15));
}
