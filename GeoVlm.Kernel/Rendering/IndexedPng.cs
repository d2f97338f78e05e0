using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace GeoVlm.Rendering;

/// <summary>Writes pictures as PNG files of at most 256 colours: a third of the size
/// of full colour, and exact for charts and tables.</summary>
/// <remarks>Notebooks are kept with their pictures, so size matters, and they are packed well at the price of some milliseconds. Where
/// there are more colours, those of flat areas (legends, bars, tinted cells: they mean something) are kept as they are, and the rest is
/// chosen by median cut.</remarks>
internal static class IndexedPng
{
    // Level 6, the usual one, packs a sample card 0.6 % smaller for half as much time again.
    private static readonly ZLibCompressionOptions effort = new() { CompressionLevel = 4 };

    private static readonly uint[] crcTable =
    [
        .. Enumerable
            .Range(0, 256)
            .Select(n =>
            {
                uint c = (uint)n;
                for (int k = 0; k < 8; k++)
                    c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
                return c;
            }),
    ];

    /// <summary>The file. <paramref name="pixels"/> is [height, width] of 0xAARRGGBB; transparency is not kept.</summary>
    public static byte[] Encode(int width, int height, ReadOnlySpan<uint> pixels, int maxColours = 256)
    {
        byte[] rows = new byte[height * (width + 1)]; // each row begins with its filter: 0, none
        var palette = Exact(width, height, pixels, rows, maxColours) ?? MedianCut(width, height, pixels, rows, maxColours);

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 3); // eight bits, palette
        Chunk(file, "IHDR", header);
        Chunk(file, "PLTE", [.. palette.SelectMany(c => new[] { (byte)(c >> 16), (byte)(c >> 8), (byte)c })]);
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, effort, leaveOpen: true))
            zlib.Write(rows);
        Chunk(file, "IDAT", data.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static List<uint>? Exact(int width, int height, ReadOnlySpan<uint> pixels, byte[] rows, int maxColours)
    {
        var index = new Dictionary<uint, byte>();
        var palette = new List<uint>();
        uint last = ~0u;
        byte lastIndex = 0;
        for (int i = 0; i < width * height; i++)
        {
            uint colour = pixels[i] & 0xFFFFFF; // else opaque white would be the `last` of no pixel
            if (colour != last)
            {
                last = colour;
                if (!index.TryGetValue(last, out lastIndex))
                {
                    if (palette.Count == maxColours)
                        return null;
                    index[last] = lastIndex = (byte)palette.Count;
                    palette.Add(last);
                }
            }
            rows[i / width * (width + 1) + 1 + i % width] = lastIndex;
        }
        return palette;
    }

    // Colours of runs of four pixels and more, the most frequent first. Photographs have hardly any.
    private static Dictionary<uint, byte> Flat(int width, int height, ReadOnlySpan<uint> pixels, int most)
    {
        var count = new Dictionary<uint, int>();
        for (int y = 0; y < height; y++)
        for (int x = 0, end; x < width; x = end)
        {
            uint colour = pixels[y * width + x] & 0xFFFFFF;
            for (end = x + 1; end < width && (pixels[y * width + end] & 0xFFFFFF) == colour; )
                end++;
            if (end - x >= 4)
                count[colour] = count.GetValueOrDefault(colour) + end - x;
        }
        return count
            .Where(c => c.Value >= 16)
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key)
            .Take(most)
            .Index()
            .ToDictionary(c => c.Item.Key, c => (byte)c.Index);
    }

    // Median cut over a histogram with five bits a channel: the box with the widest spread of pixels is halved until there are enough.
    private static List<uint> MedianCut(int width, int height, ReadOnlySpan<uint> pixels, byte[] rows, int maxColours)
    {
        var kept = Flat(width, height, pixels, maxColours / 2);
        int[] count = new int[1 << 15];
        bool[] holdsKept = new bool[count.Length]; // most bins do not, which saves the look-up
        foreach (uint colour in kept.Keys)
            holdsKept[Bin(colour)] = true;
        Count(pixels[..(width * height)], kept, holdsKept, count);
        int[] bins = [.. Enumerable.Range(0, count.Length).Where(b => count[b] > 0)];
        byte[] keys = new byte[bins.Length];
        var boxes = new PriorityQueue<(int Start, int Length, int Shift), long>();
        Add(0, bins.Length);
        while (boxes.Count < maxColours - kept.Count && boxes.TryPeek(out var widest, out long priority) && priority < 0)
        {
            boxes.Dequeue();
            var part = bins.AsSpan(widest.Start, widest.Length);
            var levels = keys.AsSpan(0, part.Length);
            for (int i = 0; i < part.Length; i++)
                levels[i] = (byte)Channel(part[i], widest.Shift);
            levels.Sort(part);
            long total = 0,
                half = 0;
            foreach (int b in part)
                total += count[b];
            int cut = 0;
            while (cut < part.Length - 1 && (cut == 0 || half + count[part[cut]] <= total / 2))
                half += count[part[cut++]];
            Add(widest.Start, cut);
            Add(widest.Start + cut, widest.Length - cut);
        }
        byte[] indexOf = new byte[count.Length];
        List<uint> palette = [.. kept.OrderBy(c => c.Value).Select(c => c.Key)];
        foreach (var (box, _) in boxes.UnorderedItems)
        {
            long red = 0,
                green = 0,
                blue = 0,
                n = 0;
            foreach (int b in bins.AsSpan(box.Start, box.Length))
            {
                indexOf[b] = (byte)palette.Count;
                n += count[b];
                red += Level(b, 10) * count[b];
                green += Level(b, 5) * count[b];
                blue += Level(b, 0) * count[b];
            }
            palette.Add((uint)(red / n << 16 | green / n << 8 | blue / n));
        }
        for (int y = 0; y < height; y++)
            Index(pixels.Slice(y * width, width), kept, holdsKept, indexOf, rows.AsSpan(y * (width + 1) + 1, width));
        return palette;

        void Add(int start, int length)
        {
            (int shift, int spread) = (0, 0);
            long n = 0;
            for (int s = 0; s <= 10; s += 5)
            {
                int low = 31,
                    high = 0;
                for (int i = start; i < start + length; i++)
                    (low, high) = (Math.Min(low, Channel(bins[i], s)), Math.Max(high, Channel(bins[i], s)));
                if (high - low > spread)
                    (shift, spread) = (s, high - low);
            }
            for (int i = start; i < start + length; i++)
                n += count[bins[i]];
            boxes.Enqueue((start, length, shift), -spread * (long)(1 + BitOperations.Log2((ulong)n)));
        }
    }

    // Flat areas are looked up once for each run, and counted at its end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(ReadOnlySpan<uint> pixels, Dictionary<uint, byte> kept, bool[] holdsKept, int[] count)
    {
        for (int i = 0, end; i < pixels.Length; i = end)
        {
            uint colour = pixels[i];
            for (end = i + 1; end < pixels.Length && pixels[end] == colour; )
                end++;
            int bin = Bin(colour);
            if (!holdsKept[bin] || !kept.ContainsKey(colour & 0xFFFFFF))
                count[bin] += end - i;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Index(ReadOnlySpan<uint> pixels, Dictionary<uint, byte> kept, bool[] holdsKept, byte[] indexOf, Span<byte> indices)
    {
        for (int i = 0, end; i < pixels.Length; i = end)
        {
            uint colour = pixels[i];
            int bin = Bin(colour);
            byte index = holdsKept[bin] && kept.TryGetValue(colour & 0xFFFFFF, out byte flat) ? flat : indexOf[bin];
            for (end = i; end < pixels.Length && pixels[end] == colour; end++)
                indices[end] = index;
        }
    }

    private static int Bin(uint c) => (int)((c >> 9 & 0x7C00) | (c >> 6 & 0x3E0) | (c >> 3 & 0x1F));

    private static int Channel(int bin, int shift) => bin >> shift & 31;

    private static long Level(int bin, int shift) => Channel(bin, shift) * 255 / 31;

    private static void Chunk(Stream file, string type, byte[] data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        byte[] name = Encoding.ASCII.GetBytes(type);
        file.Write(name);
        file.Write(data);
        uint crc = Crc(data, Crc(name, ~0u)) ^ ~0u;
        BinaryPrimitives.WriteUInt32BigEndian(word, crc);
        file.Write(word);
    }

    private static uint Crc(byte[] data, uint crc)
    {
        foreach (byte b in data)
            crc = crcTable[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return crc;
    }
}
