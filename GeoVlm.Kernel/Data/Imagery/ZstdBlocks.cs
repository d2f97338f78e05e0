using BitMiracle.LibTiff.Classic;
using ZstdSharp;

namespace GeoVlm.Data.Imagery;

/// <summary>Strips and tiles compressed with Zstandard (GDAL's compression 50000), which LibTiff.NET does not know.</summary>
/// <remarks>Predictors 2 (differences of samples) and 3 (differences of the bytes of floats) are undone here, as LibTiff does for other
/// compressions. Source: TIFF 6.0 section 14; Adobe Photoshop TIFF Technical Note 3.</remarks>
internal static class ZstdBlocks
{
    /// <summary>The value of the compression tag.</summary>
    public const Compression Tag = (Compression)50000;

    /// <summary>Reads a strip or tile into a buffer of its size, in this machine's byte
    /// order; returns the number of bytes, less than 0 for none.</summary>
    public static int Read(Tiff tiff, TiffLayout layout, int index, byte[] buffer)
    {
        int length = checked((int)tiff.RawStripSize(index));
        if (length <= 0)
            return -1;
        byte[] packed = new byte[length];
        int read = layout.IsTiled ? tiff.ReadRawTile(index, packed, 0, length) : tiff.ReadRawStrip(index, packed, 0, length);
        if (read <= 0)
            return -1;
        using var decompressor = new Decompressor();
        int got;
        try
        {
            got = decompressor.Unwrap(packed.AsSpan(0, read), buffer);
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException($"{(layout.IsTiled ? "tile" : "strip")} {index} is damaged ({e.Message})", e);
        }
        int bytes = layout.BitsPerSample / 8,
            rowBytes = (int)layout.RowBytes,
            predictor = Predictor(tiff);
        for (int row = 0; row + rowBytes <= got; row += rowBytes)
            Undo(buffer.AsSpan(row, rowBytes), bytes, layout.SamplesPerPixel, predictor, tiff.IsByteSwapped());
        return got;
    }

    // No codec claims the tag, so LibTiff may give it as it gives tags that it does not know: a count and an array.
    private static int Predictor(Tiff tiff) =>
        tiff.GetField(TiffTag.PREDICTOR) is { Length: > 0 } field
            ? field.Length == 1
                ? field[0].ToInt()
                : field[1].ToShortArray() is [var value, ..]
                    ? value
                    : 1
            : 1;

    private static void Undo(Span<byte> row, int bytes, int step, int predictor, bool swapped)
    {
        if (predictor == 3)
        {
            for (int i = step; i < row.Length; i++)
                row[i] += row[i - step];
            byte[] planes = row.ToArray();
            int count = row.Length / bytes;
            // The highest bytes of all samples come first, then the next.
            for (int i = 0; i < count; i++)
            for (int b = 0; b < bytes; b++)
                row[i * bytes + b] = planes[(BitConverter.IsLittleEndian ? bytes - 1 - b : b) * count + i];
            return;
        }
        if (swapped && bytes > 1)
            for (int i = 0; i + bytes <= row.Length; i += bytes)
                row.Slice(i, bytes).Reverse();
        if (predictor != 2)
            return;
        for (int i = step * bytes; i + bytes <= row.Length; i += bytes)
        {
            Span<byte> here = row.Slice(i, bytes);
            ReadOnlySpan<byte> before = row.Slice(i - step * bytes, bytes);
            switch (bytes)
            {
                case 1:
                    here[0] += before[0];
                    break;
                case 2:
                    BitConverter.TryWriteBytes(here, (ushort)(BitConverter.ToUInt16(here) + BitConverter.ToUInt16(before)));
                    break;
                case 4:
                    BitConverter.TryWriteBytes(here, BitConverter.ToUInt32(here) + BitConverter.ToUInt32(before));
                    break;
                case 8:
                    BitConverter.TryWriteBytes(here, BitConverter.ToUInt64(here) + BitConverter.ToUInt64(before));
                    break;
                default:
                    throw new NotSupportedException($"differences of samples of {bytes} bytes are not read");
            }
        }
    }
}
