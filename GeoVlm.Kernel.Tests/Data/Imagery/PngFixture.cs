using System.Buffers.Binary;
using System.IO.Compression;

namespace GeoVlm.Tests.Data.Imagery;

/// <summary>Writes small 16-bit PNGs: grey (1 band), RGB (3) or RGBA (4), each row with another filter.</summary>
internal static class PngFixture
{
    public static void Write16(string path, int width, int height, int bands, Func<int, int, int, int> value)
    {
        using var file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (
            16,
            bands switch
            {
                1 => (byte)0,
                3 => 2,
                _ => 6,
            }
        );
        Chunk(file, "IHDR"u8, header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            for (int y = 0; y < height; y++)
            {
                byte[] row = Row(y),
                    above = y > 0 ? Row(y - 1) : new byte[row.Length];
                zlib.WriteByte((byte)(y % 3)); // none, left, up
                for (int i = 0; i < row.Length; i++)
                    zlib.WriteByte(
                        (byte)(
                            row[i]
                            - (y % 3) switch
                            {
                                1 => i < 2 * bands ? 0 : row[i - 2 * bands],
                                2 => above[i],
                                _ => 0,
                            }
                        )
                    );
            }
        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);

        byte[] Row(int y)
        {
            var row = new byte[width * bands * 2];
            for (int x = 0; x < width; x++)
            for (int b = 0; b < bands; b++)
                BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * (x * bands + b)), (ushort)value(x, y, b));
            return row;
        }
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] body = [.. type, .. data],
            number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~body.Aggregate(uint.MaxValue, Crc));
        file.Write(number);
    }

    private static uint Crc(uint crc, byte next)
    {
        crc ^= next;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) == 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        return crc;
    }
}
