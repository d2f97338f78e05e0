using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>The bits of a scan, up to the next marker. Past it come zeros, and <see cref="Rest"/> falls below 0.</summary>
/// <remarks>The zeros that follow each byte of ones in the file are taken out beforehand, so that bits are fetched eight bytes at a time.</remarks>
internal ref struct ScanBits : IDisposable
{
    // What one block may take past the end: 64 codes and numbers of 31 bits, and eight bytes of which one was wanted.
    private const int Reach = 64 * 4 + 8;

    private readonly ReadOnlySpan<byte> file;
    private readonly byte[] bytes;
    private int marker,
        end;

    /// <summary>The bits that begin in a file.</summary>
    public ScanBits(ReadOnlySpan<byte> file, int at)
    {
        this.file = file;
        bytes = ArrayPool<byte>.Shared.Rent(file.Length - at + Reach);
        Begin(at);
    }

    /// <summary>The next bits, the first of them on top.</summary>
    public ulong Next;

    /// <summary>How many of them there are. Some more may stand behind them, and are fetched again.</summary>
    public int Left;

    /// <summary>The byte that is fetched next.</summary>
    public int At;

    /// <summary>The byte numbered 0.</summary>
    public readonly ref byte First => ref MemoryMarshal.GetArrayDataReference(bytes);

    /// <summary>Bits up to the marker.</summary>
    public readonly int Rest => 8 * (end - At) + Left;

    /// <summary>Whether the scan ends here: no more than the rest of a byte is left, and a marker follows.</summary>
    public readonly bool IsAtMarker => Rest is >= 0 and < 8 && marker + 2 <= file.Length;

    /// <summary>Goes on behind the restart marker of this number; false where another byte stands there.</summary>
    public bool Restart(int number)
    {
        if (!IsAtMarker || file[marker + 1] != 0xD0 + number)
            return false;
        Begin(marker + 2);
        return true;
    }

    /// <summary>Makes at least 56 bits ready: a code and the number behind it take 31 at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FillUp(ref byte first, ref ulong next, ref int left, ref int at)
    {
        // The first byte goes on top; where AVX2 is it would come last.
        next |= BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at))) >> left;
        at += (63 - left) >> 3;
        left |= 56;
    }

    /// <summary>Gives the memory back.</summary>
    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private void Begin(int at)
    {
        (Next, Left, At, end) = (0, 0, 0, 0);
        var rest = file[at..];
        while (true)
        {
            int ones = rest.IndexOf((byte)0xFF),
                plain = ones < 0 ? rest.Length : ones;
            rest[..plain].CopyTo(bytes.AsSpan(end));
            end += plain;
            rest = rest[plain..];
            if (rest is not [0xFF, 0, ..])
                break;
            bytes[end++] = 0xFF;
            rest = rest[2..];
        }
        marker = file.Length - rest.Length;
        bytes.AsSpan(end, Reach).Clear();
    }
}
