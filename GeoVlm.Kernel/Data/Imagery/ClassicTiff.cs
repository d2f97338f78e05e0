using System.Buffers.Binary;

namespace GeoVlm.Data.Imagery;

/// <summary>A big-endian BigTIFF as a classic big-endian TIFF, which LibTiff reads where it fails on the first: directories with
/// offsets of four bytes stand behind the file's own bytes, and the image data stays where it is.</summary>
/// <remarks>Source: the BigTIFF design, libtiff.gitlab.io/libtiff/specification/bigtiff.html.</remarks>
internal sealed class ClassicTiff : Stream
{
    private const int MostDirectories = 64,
        MostEntries = 4096,
        HeaderBytes = 8;

    // Directories of another format hang on these.
    private static readonly ushort[] pointers = [330, 34665, 34853, 40965];
    private static readonly int[] sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

    private readonly Stream inner;
    private readonly byte[] header = new byte[HeaderBytes];
    private readonly MemoryStream tail = new();

    private ClassicTiff(Stream inner)
    {
        this.inner = inner;
        if (inner.Length > uint.MaxValue / 2)
            throw new NotSupportedException(
                "a big-endian BigTIFF of more than 2 GB, which is not read (gdal_translate -co ENDIANNESS=LITTLE)"
            );
        "MM\0*"u8.CopyTo(header);
        var next = BinaryPrimitives.ReadUInt64BigEndian(At(8, 8));
        if (inner.Length % 2 == 1)
            tail.WriteByte(0);
        long patch = -1;
        for (int i = 0; next != 0 && i < MostDirectories; i++)
        {
            ulong count = BinaryPrimitives.ReadUInt64BigEndian(At(next, 8));
            if (count > MostEntries)
                throw new InvalidDataException("a directory with more entries than there are tags");
            byte[] entries = At(next + 8, (int)count * 20);
            var here = Directory(entries);
            Patch(patch, here.At);
            patch = here.Next;
            next = BinaryPrimitives.ReadUInt64BigEndian(At(next + 8 + count * 20, 8));
        }
    }

    /// <summary>The stream itself, at its start, where it holds anything else.</summary>
    public static Stream Of(Stream stream)
    {
        Span<byte> start = stackalloc byte[HeaderBytes];
        int count = stream.ReadAtLeast(start, HeaderBytes, throwOnEndOfStream: false);
        stream.Position = 0;
        return count == HeaderBytes && start is [(byte)'M', (byte)'M', 0, 43, 0, 8, 0, 0] ? new ClassicTiff(stream) : stream;
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => inner.Length + tail.Length;
    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read = 0;
        if (Position < HeaderBytes)
        {
            read = Math.Min(buffer.Length, HeaderBytes - (int)Position);
            header.AsSpan((int)Position, read).CopyTo(buffer);
        }
        else
        {
            bool isTail = Position >= inner.Length;
            var from = isTail ? tail : inner;
            from.Position = isTail ? Position - inner.Length : Position;
            read = from.Read(buffer);
        }
        Position += read;
        // LibTiff takes less than it asked for as the end of the file.
        return read > 0 && read < buffer.Length ? read + Read(buffer[read..]) : read;
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position =
            offset
            + (
                origin == SeekOrigin.Begin ? 0
                : origin == SeekOrigin.Current ? Position
                : Length
            );

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private (long At, long Next) Directory(byte[] entries)
    {
        var written = new List<byte[]>();
        for (int i = 0; i < entries.Length; i += 20)
            if (Entry(entries.AsSpan(i, 20)) is { } entry)
                written.Add(entry);
        long at = inner.Length + tail.Length;
        tail.Write([(byte)(written.Count >> 8), (byte)written.Count]);
        foreach (byte[] entry in written)
            tail.Write(entry);
        long next = tail.Length;
        tail.Write(new byte[4]);
        return (at, next);
    }

    /// <summary>Twelve bytes for twenty; null for what is left out.</summary>
    private byte[]? Entry(ReadOnlySpan<byte> big)
    {
        ushort tag = BinaryPrimitives.ReadUInt16BigEndian(big),
            type = BinaryPrimitives.ReadUInt16BigEndian(big[2..]);
        ulong count = BinaryPrimitives.ReadUInt64BigEndian(big[4..]);
        if (pointers.Contains(tag) || type >= sizes.Length || sizes[type] == 0)
            return null;
        if (count > (ulong)inner.Length)
            throw new InvalidDataException("a tag with more values than the file has bytes");
        int length = checked((int)count * sizes[type]);
        ulong place = BinaryPrimitives.ReadUInt64BigEndian(big[12..]);
        byte[] values = length <= 8 ? big.Slice(12, length).ToArray() : At(place, length);
        bool isWide = type is 16 or 17 or 18;
        if (isWide)
            values = Narrow(values);
        byte[] entry = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(entry, tag);
        BinaryPrimitives.WriteUInt16BigEndian(entry.AsSpan(2), isWide ? (ushort)(type == 17 ? 9 : 4) : type);
        BinaryPrimitives.WriteUInt32BigEndian(entry.AsSpan(4), (uint)count);
        if (values.Length <= 4)
            values.CopyTo(entry, 8);
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(entry.AsSpan(8), (uint)(inner.Length + tail.Length));
            tail.Write(values);
            if (values.Length % 2 == 1)
                tail.WriteByte(0);
        }
        return entry;
    }

    private static byte[] Narrow(byte[] wide)
    {
        byte[] narrow = new byte[wide.Length / 2];
        for (int i = 0; i < wide.Length; i += 8)
            BinaryPrimitives.WriteInt32BigEndian(narrow.AsSpan(i / 2), checked((int)BinaryPrimitives.ReadInt64BigEndian(wide.AsSpan(i))));
        return narrow;
    }

    private void Patch(long place, long offset)
    {
        if (place < 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), (uint)offset);
            return;
        }
        long end = tail.Position;
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)offset);
        tail.Position = place;
        tail.Write(bytes);
        tail.Position = end;
    }

    private byte[] At(ulong offset, int count)
    {
        if (offset > (ulong)inner.Length || count > inner.Length - (long)offset)
            throw new InvalidDataException("a directory or a tag lies beyond the end of the file");
        byte[] bytes = new byte[count];
        inner.Position = (long)offset;
        inner.ReadExactly(bytes);
        return bytes;
    }
}
