using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Tests.Data.Readers;
using ZstdSharp;

namespace GeoVlm.Tests.Data.Imagery;

/// <summary>GeoTIFFs as GDAL writes them with COMPRESS=ZSTD, made here tag by tag.</summary>
public class ZstdTiffTests
{
    private const int Width = 5,
        Height = 4;

    private static double Value(int x, int y, int band) => 1000 * band + 100 * y + x * x;

    [Theory]
    [InlineData(16, 1, 1)]
    [InlineData(16, 2, 3)]
    [InlineData(32, 3, 1)]
    [InlineData(32, 3, 2)]
    public void Every_sample_comes_back_whatever_the_predictor(int bits, int predictor, int bands)
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("z.tif"), bits, predictor, bands, damage: false);
        var read = Raster.Open(folder.File("z.tif")).Read([bands - 1], new PixelWindow(1, 1, 4, 3), 0, out _)[0];
        for (int y = 0; y < 3; y++)
        for (int x = 0; x < 4; x++)
            Assert.Equal(Value(x + 1, y + 1, bands - 1), read[y * 4 + x]);
        Assert.Equal(Width, ImageDecoder.Decode(folder.File("z.tif")).Width);
    }

    [Fact]
    public void Damage_is_an_error_with_the_files_name()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("z.tif"), 16, 1, 1, damage: true);
        string message = Assert.Throws<GeoVlmException>(() => ImageDecoder.Decode(folder.File("z.tif"))).Message;
        Assert.Contains("strip 0", message);
        Assert.Contains("z.tif", message);
    }

    private static void Write(string path, int bits, int predictor, int bands, bool damage)
    {
        int bytes = bits / 8,
            rowBytes = Width * bands * bytes;
        var rows = new MemoryStream();
        for (int y = 0; y < Height; y++)
        {
            byte[] row = new byte[rowBytes];
            for (int x = 0; x < Width; x++)
            for (int b = 0; b < bands; b++)
            {
                var at = row.AsSpan((x * bands + b) * bytes);
                if (bits == 32)
                    BitConverter.TryWriteBytes(at, (float)Value(x, y, b));
                else
                    BitConverter.TryWriteBytes(at, (ushort)(Value(x, y, b) - (predictor == 2 && x > 0 ? Value(x - 1, y, b) : 0)));
            }
            if (predictor == 3)
            {
                byte[] planes = new byte[rowBytes];
                int count = rowBytes / bytes;
                for (int i = 0; i < count; i++)
                for (int b = 0; b < bytes; b++)
                    planes[b * count + i] = row[i * bytes + bytes - 1 - b];
                for (int i = rowBytes - 1; i >= bands; i--)
                    planes[i] -= planes[i - bands];
                row = planes;
            }
            rows.Write(row);
        }
        using var compressor = new Compressor();
        byte[] packed = compressor.Wrap(rows.ToArray()).ToArray();
        if (damage)
            packed.AsSpan(0, 6).Fill(0xAA);
        using var file = new BinaryWriter(File.Create(path));
        file.Write("II*\0"u8);
        file.Write(8 + packed.Length + packed.Length % 2);
        file.Write(packed);
        if (packed.Length % 2 == 1)
            file.Write((byte)0);
        int tags = 12,
            after = 8 + packed.Length + packed.Length % 2 + 2 + tags * 12 + 4;
        file.Write((ushort)tags);
        Tag(256, 3, 1, Width);
        Tag(257, 3, 1, Height);
        Tag(258, 3, bands, bands < 3 ? bits * (bands == 2 ? 0x10001 : 1) : after);
        Tag(259, 3, 1, 50000);
        Tag(262, 3, 1, 1);
        Tag(273, 4, 1, 8);
        Tag(277, 3, 1, bands);
        Tag(278, 3, 1, Height);
        Tag(279, 4, 1, packed.Length);
        Tag(284, 3, 1, 1);
        Tag(317, 3, 1, predictor);
        Tag(339, 3, bands, bands < 3 ? (bits == 32 ? 3 : 1) * (bands == 2 ? 0x10001 : 1) : after + 6);
        file.Write(0);
        for (int i = 0; i < 6; i++)
            file.Write((ushort)(i < 3 ? bits : 1));

        void Tag(ushort tag, ushort type, int count, int value)
        {
            file.Write(tag);
            file.Write(type);
            file.Write(count);
            file.Write(value);
        }
    }
}
