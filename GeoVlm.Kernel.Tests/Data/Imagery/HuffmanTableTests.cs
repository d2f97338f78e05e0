using GeoVlm.Data.Imagery.Jpeg;

namespace GeoVlm.Tests.Data.Imagery;

/// <summary>Whatever sixteen bits come next, one look-up or two tell what reading them bit by bit does.</summary>
public class HuffmanTableTests
{
    [Theory]
    [InlineData(new byte[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 3 })]
    [InlineData(new byte[] { 0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125 })] // the usual one of luma's details
    [InlineData(new byte[] { 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 200, 0 })]
    public void Every_code_is_told(byte[] counts)
    {
        byte[] symbols = [.. Enumerable.Range(0, counts.Sum(count => count)).Select(i => (byte)(37 * i + 5))];
        var table = HuffmanTable.Create(counts, symbols);
        Assert.NotNull(table);
        for (int next = 0; next < 1 << 16; next++)
        {
            ulong bits = (ulong)next << 48;
            int entry = table.Entries[next >> (16 - HuffmanTable.LookupBits)];
            if (entry == 0)
                entry = table.Long(bits);
            var (length, symbol) = BitByBit(counts, symbols, next);
            Assert.Equal(length == 0 ? 0 : symbol << 16 | length << 8 | (length + (symbol & 15)), entry);
        }
    }

    [Theory]
    [InlineData(2, 0)] // 0 and 1
    [InlineData(1, 2)] // 0, 10 and 11
    public void A_code_of_ones_alone_is_reserved(byte one, byte two) =>
        Assert.Null(HuffmanTable.Create([one, two, .. new byte[14]], new byte[one + two]));

    // As figure F.16 of ITU-T T.81 has it; a length of 0 where no code begins so.
    private static (int Length, int Symbol) BitByBit(byte[] counts, byte[] symbols, int next)
    {
        for (int length = 1, first = 0, index = 0; length <= 16; length++, first <<= 1)
        {
            int offset = (next >> (16 - length)) - first,
                count = counts[length - 1];
            if (offset < count)
                return (length, symbols[index + offset]);
            index += count;
            first += count;
        }
        return (0, 0);
    }
}
