using System.Runtime.CompilerServices;

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

    private readonly int[] entries = new int[1 << LookupBits],
        longs;

    // The first code that is longer than the look-up sees, on the scale of 16 bits. All that follow it are longer too.
    private readonly int firstLong;

    private HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        int at = 0,
            index = 0;
        for (int length = 1; length <= LookupBits; length++)
            at = Fill(entries, at, LookupBits - length, length, symbols.Slice(index, counts[length - 1]), ref index);
        firstLong = at << (LongestCode - LookupBits);
        longs = new int[symbols.Length - index << (LongestCode - LookupBits - 1)];
        at = 0;
        for (int length = LookupBits + 1; length <= LongestCode; length++)
            at = Fill(longs, at, LongestCode - length, length, symbols.Slice(index, counts[length - 1]), ref index);
    }

    /// <summary>The entry of what the next 11 bits begin with; 0 where the code is longer.</summary>
    public ReadOnlySpan<int> Entries => entries;

    /// <summary>The table of a DHT segment; null where it is none.</summary>
    /// <param name="counts">Codes of each length from 1 to 16.</param>
    /// <param name="symbols">What they mean, in the order of the codes.</param>
    public static HuffmanTable? Create(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        int code = 0;
        for (int length = 1; length <= LongestCode; length++)
        {
            code = 2 * code + counts[length - 1];
            if (counts[length - 1] > 0 && code >= 1 << length)
                return null; // a code of ones alone is reserved
        }
        return new(counts, symbols);
    }

    /// <summary>The entry of a code longer than the look-up sees; 0 where no code begins so.</summary>
    /// <param name="next">The next bits of the stream, the first of them on top.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Long(ulong next)
    {
        int index = (int)(next >> (64 - LongestCode)) - firstLong;
        return (uint)index < (uint)longs.Length ? longs[index] : 0;
    }

    // Codes of one length, each of which has all the entries that begin with it.
    private static int Fill(int[] entries, int at, int free, int length, ReadOnlySpan<byte> symbols, ref int index)
    {
        foreach (byte symbol in symbols)
        {
            entries.AsSpan(at, 1 << free).Fill(symbol << 16 | length << 8 | (length + (symbol & 15)));
            at += 1 << free;
        }
        index += symbols.Length;
        return at;
    }
}
