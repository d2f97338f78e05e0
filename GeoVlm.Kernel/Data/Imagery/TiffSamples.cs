using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace GeoVlm.Data.Imagery;

/// <summary>Reads chosen bands of strips or tiles, chunky or planar, as 32-bit floats.</summary>
internal static class TiffSamples
{
    private const long MaxBlockBytes = 1L << 30;

    /// <summary>The bands asked for, each [height, width]; nodata becomes NaN except in 8-bit bands, where it is a colour like any other.</summary>
    public static float[][] ReadBands(Tiff tiff, TiffLayout layout, IReadOnlyList<int> bands)
    {
        var convert = Converter(layout);
        var planes = new float[bands.Count][];
        for (int i = 0; i < planes.Length; i++) planes[i] = new float[checked(layout.Width * layout.Height)];

        bool tiled = tiff.IsTiled();
        int blockWidth = tiled ? Tag(tiff, TiffTag.TILEWIDTH) : layout.Width;
        int blockHeight = tiled ? Tag(tiff, TiffTag.TILELENGTH) : Math.Min(Tag(tiff, TiffTag.ROWSPERSTRIP), layout.Height);
        if (blockHeight < 0) blockHeight = layout.Height; // 2^32 − 1 rows per strip: the whole image is one strip
        int sampleBytes = layout.BitsPerSample / 8, samplesPerPixel = layout.IsPlanar ? 1 : layout.Bands;
        if (blockWidth <= 0 || blockHeight <= 0 || (long)blockWidth * blockHeight * sampleBytes * samplesPerPixel > MaxBlockBytes)
            throw new InvalidDataException($"blocks of {blockWidth} x {blockHeight} pixels cannot be right");

        var buffer = new byte[tiled ? tiff.TileSize() : tiff.StripSize()];
        int across = (layout.Width + blockWidth - 1) / blockWidth, down = (layout.Height + blockHeight - 1) / blockHeight;
        if (buffer.Length < (long)Math.Min(blockHeight, layout.Height) * blockWidth * samplesPerPixel * sampleBytes)
            throw new InvalidDataException("the blocks hold fewer bytes than their size asks for");

        for (int plane = 0; plane < (layout.IsPlanar ? bands.Count : 1); plane++)
            for (int by = 0; by < down; by++)
                for (int bx = 0; bx < across; bx++)
                {
                    int index = (layout.IsPlanar ? bands[plane] * across * down : 0) + by * across + bx;
                    int rows = Math.Min(blockHeight, layout.Height - by * blockHeight), columns = Math.Min(blockWidth, layout.Width - bx * blockWidth);
                    int needed = ((rows - 1) * blockWidth + columns) * samplesPerPixel * sampleBytes;
                    int got = tiled ? tiff.ReadEncodedTile(index, buffer, 0, buffer.Length) : tiff.ReadEncodedStrip(index, buffer, 0, -1);
                    if (got < needed)
                        throw new InvalidDataException($"{(tiled ? "tile" : "strip")} {index} is cut short or damaged ({Math.Max(0, got)} of {needed} bytes)");
                    for (int i = 0; i < bands.Count; i++)
                    {
                        if (layout.IsPlanar && i != plane) continue;
                        Copy(planes[i], layout.IsPlanar ? 0 : bands[i], bx * blockWidth, by * blockHeight, rows, columns);
                    }
                }
        return planes;

        void Copy(float[] plane, int sample, int left, int top, int rows, int columns)
        {
            for (int y = 0; y < rows; y++)
                for (int x = 0; x < columns; x++)
                    plane[(top + y) * layout.Width + left + x] = convert(buffer, ((y * blockWidth + x) * samplesPerPixel + sample) * sampleBytes);
        }
    }

    private static int Tag(Tiff tiff, TiffTag tag) => tiff.GetFieldDefaulted(tag) is { Length: > 0 } value ? value[0].ToInt() : 0;

    /// <summary>How one sample at a byte offset becomes a number; LibTiff has brought the bytes into this machine's order.</summary>
    private static Func<byte[], int, float> Converter(TiffLayout layout)
    {
        Func<byte[], int, double> read = layout.SampleType switch
        {
            "uint8" => (b, o) => b[o],
            "int8" => (b, o) => (sbyte)b[o],
            "uint16" => (b, o) => Read<ushort>(b, o),
            "int16" => (b, o) => Read<short>(b, o),
            "uint32" => (b, o) => Read<uint>(b, o),
            "int32" => (b, o) => Read<int>(b, o),
            "float16" => (b, o) => (double)Read<Half>(b, o),
            "float32" => (b, o) => Read<float>(b, o),
            "float64" => (b, o) => Read<double>(b, o),
            _ => throw new NotSupportedException($"samples of type {layout.SampleType} are not read (8, 16, 32 bits, or float16/32/64 are)"),
        };
        if (layout.Nodata is not { } nodata || layout.SampleType == "uint8") return (b, o) => (float)read(b, o);
        return (b, o) => read(b, o) is var value && (value == nodata || (float)value == (float)nodata) ? float.NaN : (float)value;

        static T Read<T>(byte[] bytes, int offset) where T : unmanaged => MemoryMarshal.Read<T>(bytes.AsSpan(offset));
    }
}
