using System.Buffers.Binary;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>The bits of a scan. Past its end, or past a marker, come zeros, and <see cref="Left"/> falls below 0.</summary>
internal ref struct ScanBits(ReadOnlySpan<byte> file, int at)
{
    private readonly ReadOnlySpan<byte> file = file;
    private int at = at;

    /// <summary>The next bits, the first of them on top.</summary>
    public ulong Next;

    /// <summary>How many of them there are.</summary>
    public int Left;

    /// <summary>Goes past bits.</summary>
    public void Take(int count)
    {
        Next <<= count;
        Left -= count;
    }

    /// <summary>Whether the scan ends here: no more than the rest of a byte is left, and a marker follows.</summary>
    public readonly bool IsAtMarker => Left is >= 0 and < 8 && at + 2 <= file.Length && file[at] == 0xFF && file[at + 1] != 0;

    /// <summary>Goes on behind the restart marker of this number; false where another byte stands there.</summary>
    public bool Restart(int number)
    {
        if (!IsAtMarker || file[at + 1] != 0xD0 + number)
            return false;
        (Next, Left) = (0, 0);
        at += 2;
        return true;
    }

    /// <summary>Makes at least 32 bits ready: a code and the number behind it.</summary>
    public void FillUp()
    {
        if (Left >= 0 && at + 8 <= file.Length)
        {
            ulong eight = BinaryPrimitives.ReadUInt64BigEndian(file[at..]),
                flipped = ~eight;
            if (((flipped - 0x0101010101010101) & eight & 0x8080808080808080) == 0) // no byte is 0xFF
            {
                Next |= eight >> Left; // what does not fit is read again
                int bytes = (64 - Left) >> 3;
                at += bytes;
                Left += 8 * bytes;
                return;
            }
        }
        while (Left is >= 0 and <= 56 && at < file.Length)
        {
            ulong value = file[at];
            if (value == 0xFF)
            {
                if (at + 1 >= file.Length || file[at + 1] != 0)
                    return; // a marker
                at++;
            }
            Next |= value << (56 - Left);
            Left += 8;
            at++;
        }
    }
}
