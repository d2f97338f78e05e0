using System.Buffers.Binary;
using System.IO.Compression;

namespace GeoVlm.Data.Imagery;

/// <summary>PNG with all 16 bits of its samples, which Skia would cut to the upper eight: a 12-bit scene would come out black.</summary>
internal static class PngFile
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>What the header of a PNG says.</summary>
    /// <param name="Width">Columns.</param>
    /// <param name="Height">Rows.</param>
    /// <param name="Bits">Bits per sample: 1, 2, 4, 8 or 16.</param>
    /// <param name="Bands">1 grey or palette, 2 grey and alpha, 3 RGB, 4 RGB and alpha.</param>
    /// <param name="IsInterlaced">Whether rows come in seven passes.</param>
    public readonly record struct Layout(int Width, int Height, int Bits, int Bands, bool IsInterlaced)
    {
        /// <summary>Whether Skia shows all there is; interlaced 16-bit images are left to it too.</summary>
        public bool IsPlain => Bits <= 8 || IsInterlaced;

        /// <summary>The header of the source; null where it is no PNG.</summary>
        public static Layout? Of(ImageSource source)
        {
            Span<byte> start = stackalloc byte[29];
            using var stream = source.Open();
            if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(Signature))
                return null;
            int bands = start[25] switch
            {
                2 => 3,
                4 => 2,
                6 => 4,
                _ => 1,
            };
            return new Layout(
                BinaryPrimitives.ReadInt32BigEndian(start[16..]),
                BinaryPrimitives.ReadInt32BigEndian(start[20..]),
                start[24],
                bands,
                start[28] != 0
            );
        }
    }

    public static RgbImage Decode(ImageSource source, Layout layout, ImageOptions options)
    {
        ushort[][] bands = Read(source, layout);
        var rendition = BandRendition.For(layout.Bands == 4 ? 3 : layout.Bands, false, options);
        var image = new RgbImage(layout.Width, layout.Height);
        float[][] samples = [.. bands.Select(b => b.Select(v => (float)v).ToArray())];
        rendition.Paint(image, band => samples[band], band => rendition.Ends(samples[band]));
        return image;
    }

    /// <summary>The samples of each band, of a 16-bit image without interlace.</summary>
    /// <exception cref="GeoVlmException">The file is cut short or damaged.</exception>
    public static ushort[][] Read(ImageSource source, Layout layout)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(Data(source)), CompressionMode.Decompress);
            int pixelBytes = layout.Bands * 2,
                rowBytes = checked(layout.Width * pixelBytes);
            byte[] row = new byte[rowBytes],
                above = new byte[rowBytes];
            ushort[][] bands = [.. Enumerable.Range(0, layout.Bands).Select(_ => new ushort[checked(layout.Width * layout.Height)])];
            for (int y = 0; y < layout.Height; y++)
            {
                int filter = zlib.ReadByte();
                zlib.ReadExactly(row);
                Unfilter(filter, row, above, pixelBytes);
                for (int x = 0; x < layout.Width; x++)
                for (int b = 0; b < layout.Bands; b++)
                    bands[b][y * layout.Width + x] = BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan(x * pixelBytes + 2 * b));
                (row, above) = (above, row);
            }
            return bands;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException)
        {
            throw new GeoVlmException(
                $"{source.Name}: the image data is cut short or damaged. Fetch the file again, or remove it from the dataset.",
                e
            );
        }
    }

    // The IDAT chunks joined: length, type, data, checksum.
    private static byte[] Data(ImageSource source)
    {
        using var file = source.Open();
        using var data = new MemoryStream();
        file.Position = 8;
        Span<byte> head = stackalloc byte[8];
        while (file.ReadAtLeast(head, 8, throwOnEndOfStream: false) == 8)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(head),
                next = file.Position + length + 4;
            if (next > file.Length)
                throw new InvalidDataException();
            if (head[4..].SequenceEqual("IDAT"u8))
            {
                var chunk = new byte[length];
                file.ReadExactly(chunk);
                data.Write(chunk);
            }
            file.Position = next;
        }
        return data.ToArray();
    }

    // PNG specification, 9.2.
    private static void Unfilter(int filter, byte[] row, byte[] above, int pixelBytes)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < pixelBytes ? 0 : row[i - pixelBytes],
                up = above[i],
                corner = i < pixelBytes ? 0 : above[i - pixelBytes];
            row[i] += filter switch
            {
                0 => (byte)0,
                1 => (byte)left,
                2 => (byte)up,
                3 => (byte)((left + up) / 2),
                4 => (byte)Paeth(left, up, corner),
                _ => throw new InvalidDataException(),
            };
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int estimate = left + up - corner,
            toLeft = Math.Abs(estimate - left),
            toUp = Math.Abs(estimate - up),
            toCorner = Math.Abs(estimate - corner);
        return toLeft <= toUp && toLeft <= toCorner ? left
            : toUp <= toCorner ? up
            : corner;
    }
}
