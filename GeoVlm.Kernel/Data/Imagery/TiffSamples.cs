using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Imagery;

/// <summary>Reads chosen bands of a window out of strips or tiles, chunky or planar; only the blocks that the window touches.</summary>
internal static class TiffSamples
{
    private const long MaxBlockBytes = 1L << 30;

    // Strips above this are read row by row where they are not compressed, and smaller ones where the window needs less than half of each
    // row.
    private const long SmallBlockBytes = 1L << 20;

    /// <summary>The bands asked for, each [window height, window width].</summary>
    public static T[][] Read<T>(Tiff tiff, TiffSource source, TiffLayout layout, IReadOnlyList<int> bands, PixelWindow window)
        where T : INumberBase<T>
    {
        if (!window.IsInside(layout.Width, layout.Height))
            throw new InvalidDataException($"{window} lies outside the image");
        if (layout.BlockWidth <= 0 || layout.BlockHeight <= 0 || layout.SamplesPerPixel <= 0)
            throw new InvalidDataException($"blocks of {layout.BlockWidth} x {layout.BlockHeight} pixels cannot be right");
        var planes = new T[bands.Count][];
        for (int i = 0; i < planes.Length; i++)
            planes[i] = new T[checked(window.Width * window.Height)];
        if (RowsAreDirect(tiff, layout, window))
            ReadRows(tiff, source, layout, bands, window, planes);
        else
            ReadBlocks(tiff, layout, bands, window, planes);
        return planes;
    }

    private static void ReadBlocks<T>(Tiff tiff, TiffLayout layout, IReadOnlyList<int> bands, PixelWindow window, T[][] planes)
        where T : INumberBase<T>
    {
        int width = layout.BlockWidth,
            height = layout.BlockHeight;
        if (layout.RowBytes * height > MaxBlockBytes)
            throw new InvalidDataException($"blocks of {width} x {height} pixels cannot be right");
        var buffer = new byte[layout.IsTiled ? tiff.TileSize() : tiff.StripSize()];
        if (buffer.Length < layout.RowBytes * Math.Min(height, layout.Height))
            throw new InvalidDataException("the blocks hold fewer bytes than their size asks for");
        int across = (layout.Width + width - 1) / width,
            down = (layout.Height + height - 1) / height;
        for (int plane = 0; plane < (layout.IsPlanar ? bands.Count : 1); plane++)
        for (int by = window.Top / height; by <= (window.Top + window.Height - 1) / height; by++)
        for (int bx = window.Left / width; bx <= (window.Left + window.Width - 1) / width; bx++)
        {
            int index = (layout.IsPlanar ? bands[plane] * across * down : 0) + by * across + bx;
            int rows = Math.Min(height, layout.Height - by * height);
            long needed = layout.RowBytes * (rows - 1) + 1;
            int got =
                layout.Compression == ZstdBlocks.Tag ? ZstdBlocks.Read(tiff, layout, index, buffer)
                : layout.IsTiled ? tiff.ReadEncodedTile(index, buffer, 0, buffer.Length)
                : tiff.ReadEncodedStrip(index, buffer, 0, -1);
            if (got < needed)
                throw new InvalidDataException(
                    $"{(layout.IsTiled ? "tile" : "strip")} {index} is cut short or damaged ({Math.Max(0, got)} of {needed} bytes)"
                );
            int top = Math.Max(window.Top, by * height),
                bottom = Math.Min(window.Top + window.Height, by * height + rows);
            int left = Math.Max(window.Left, bx * width),
                right = Math.Min(window.Left + window.Width, Math.Min(layout.Width, (bx + 1) * width));
            for (int y = top; y < bottom; y++)
            {
                var row = buffer.AsSpan((int)((y - by * height) * layout.RowBytes), (int)layout.RowBytes);
                for (int i = 0; i < bands.Count; i++)
                {
                    if (layout.IsPlanar && i != plane)
                        continue;
                    var target = planes[i].AsSpan((y - window.Top) * window.Width + left - window.Left, right - left);
                    Convert(layout, row, (left - bx * width) * layout.SamplesPerPixel + (layout.IsPlanar ? 0 : bands[i]), target);
                }
            }
        }
    }

    // Uncompressed strips of whole bytes: any row can be had without the rest.
    private static bool RowsAreDirect(Tiff tiff, TiffLayout layout, PixelWindow window) =>
        layout is { IsTiled: false, Compression: Compression.NONE, Photometric: not Photometric.YCBCR }
        && layout.BitsPerSample % 8 == 0
        && (layout.RowBytes * layout.BlockHeight > SmallBlockBytes || window.Width < layout.Width / 2)
        && Offsets(tiff).Length
            >= (layout.IsPlanar ? layout.Bands : 1) * (long)((layout.Height + layout.BlockHeight - 1) / layout.BlockHeight);

    private static long[] Offsets(Tiff tiff) =>
        tiff.GetField(TiffTag.STRIPOFFSETS) is { Length: > 0 } field ? field[0].TolongArray() ?? [] : [];

    private static void ReadRows<T>(
        Tiff tiff,
        TiffSource source,
        TiffLayout layout,
        IReadOnlyList<int> bands,
        PixelWindow window,
        T[][] planes
    )
        where T : INumberBase<T>
    {
        long[] offsets = Offsets(tiff);
        int down = (layout.Height + layout.BlockHeight - 1) / layout.BlockHeight,
            pixelBytes = layout.SamplesPerPixel * layout.BitsPerSample / 8;
        var row = new byte[checked(window.Width * pixelBytes)];
        for (int plane = 0; plane < (layout.IsPlanar ? bands.Count : 1); plane++)
        for (int y = 0; y < window.Height; y++)
        {
            int strip = (window.Top + y) / layout.BlockHeight;
            long at =
                offsets[(layout.IsPlanar ? bands[plane] * down : 0) + strip]
                + (window.Top + y - (long)strip * layout.BlockHeight) * layout.RowBytes
                + (long)window.Left * pixelBytes;
            source.ReadAt(at, row);
            if (tiff.IsByteSwapped())
                Swap(row, layout.BitsPerSample / 8);
            for (int i = 0; i < bands.Count; i++)
                if (!layout.IsPlanar || i == plane)
                    Convert(layout, row, layout.IsPlanar ? 0 : bands[i], planes[i].AsSpan(y * window.Width, window.Width));
        }
    }

    private static void Swap(Span<byte> row, int bytes)
    {
        for (int i = 0; bytes > 1 && i + bytes <= row.Length; i += bytes)
            row.Slice(i, bytes).Reverse();
    }

    /// <summary>Converts samples of a row, from a sample on, one pixel apart; LibTiff has
    /// brought whole bytes into this machine's order.</summary>
    private static void Convert<T>(TiffLayout layout, ReadOnlySpan<byte> row, int first, Span<T> target)
        where T : INumberBase<T>
    {
        int step = layout.SamplesPerPixel;
        switch (layout.Format, layout.BitsPerSample)
        {
            case (SampleFormat.IEEEFP, 16):
                Of<Half, T>(row, first, step, target);
                break;
            case (SampleFormat.IEEEFP, 32):
                Of<float, T>(row, first, step, target);
                break;
            case (SampleFormat.IEEEFP, 64):
                Of<double, T>(row, first, step, target);
                break;
            case (SampleFormat.INT, 8):
                Of<sbyte, T>(row, first, step, target);
                break;
            case (SampleFormat.INT, 16):
                Of<short, T>(row, first, step, target);
                break;
            case (SampleFormat.INT, 32):
                Of<int, T>(row, first, step, target);
                break;
            case (SampleFormat.INT, 64):
                Of<long, T>(row, first, step, target);
                break;
            case (SampleFormat.UINT or SampleFormat.VOID, 8):
                Of<byte, T>(row, first, step, target);
                break;
            case (SampleFormat.UINT or SampleFormat.VOID, 16):
                Of<ushort, T>(row, first, step, target);
                break;
            case (SampleFormat.UINT or SampleFormat.VOID, 32):
                Of<uint, T>(row, first, step, target);
                break;
            case (SampleFormat.UINT or SampleFormat.VOID, 64):
                Of<ulong, T>(row, first, step, target);
                break;
            case (SampleFormat.UINT or SampleFormat.VOID, > 0 and < 32 and var bits):
                for (int i = 0; i < target.Length; i++)
                    target[i] = T.CreateTruncating(Bits(row, (long)(first + i * step) * bits, bits));
                break;
            default:
                throw new NotSupportedException(
                    $"samples of {layout.BitsPerSample} bits ({layout.Format}) are not read (1 to 32 bits unsigned, 8 to 64 signed, float16/32/64 are)"
                );
        }
    }

    private static void Of<TSample, T>(ReadOnlySpan<byte> row, int first, int step, Span<T> target)
        where TSample : unmanaged, INumberBase<TSample>
        where T : INumberBase<T>
    {
        var samples = MemoryMarshal.Cast<byte, TSample>(row);
        for (int i = 0; i < target.Length; i++)
            target[i] = T.CreateTruncating(samples[first + i * step]);
    }

    // Samples that are no whole bytes are packed with the highest bit first.
    private static uint Bits(ReadOnlySpan<byte> row, long at, int count)
    {
        int from = (int)(at / 8);
        Span<byte> bytes = stackalloc byte[8];
        row.Slice(from, Math.Min(8, row.Length - from)).CopyTo(bytes);
        return (uint)(BinaryPrimitives.ReadUInt64BigEndian(bytes) << (int)(at % 8) >> (64 - count));
    }
}
