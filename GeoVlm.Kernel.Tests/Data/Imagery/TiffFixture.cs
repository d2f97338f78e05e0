using BitMiracle.LibTiff.Classic;

namespace GeoVlm.Tests.Data.Imagery;

/// <summary>Writes small TIFFs of any layout: 16-bit unsigned or 32-bit float samples, 16-row strips or 16 x 16 tiles.</summary>
internal static class TiffFixture
{
    public static void Write(
        string path,
        int width,
        int height,
        int bands,
        int bits,
        bool tiled,
        bool planar,
        Compression compression,
        int predictor,
        Func<int, int, int, double> value
    )
    {
        const int block = 16;
        using var tiff = Tiff.Open(path, "w");
        tiff.SetField(TiffTag.IMAGEWIDTH, width);
        tiff.SetField(TiffTag.IMAGELENGTH, height);
        tiff.SetField(TiffTag.SAMPLESPERPIXEL, bands);
        tiff.SetField(TiffTag.BITSPERSAMPLE, bits);
        tiff.SetField(TiffTag.SAMPLEFORMAT, bits == 32 ? SampleFormat.IEEEFP : SampleFormat.UINT);
        tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISBLACK);
        tiff.SetField(TiffTag.PLANARCONFIG, planar ? PlanarConfig.SEPARATE : PlanarConfig.CONTIG);
        tiff.SetField(TiffTag.COMPRESSION, compression);
        if (predictor > 1)
            tiff.SetField(TiffTag.PREDICTOR, (Predictor)predictor);
        if (tiled)
        {
            tiff.SetField(TiffTag.TILEWIDTH, block);
            tiff.SetField(TiffTag.TILELENGTH, block);
        }
        else
            tiff.SetField(TiffTag.ROWSPERSTRIP, block);

        int blockWidth = tiled ? block : width,
            index = 0;
        for (int plane = 0; plane < (planar ? bands : 1); plane++)
        for (int top = 0; top < height; top += block)
        for (int left = 0; left < width; left += blockWidth)
        {
            using var bytes = new MemoryStream();
            using var writer = new BinaryWriter(bytes);
            for (int y = top; y < (tiled ? top + block : Math.Min(height, top + block)); y++)
            for (int x = left; x < left + blockWidth; x++)
            for (int b = planar ? plane : 0; b < (planar ? plane + 1 : bands); b++)
                if (bits == 32)
                    writer.Write((float)value(x, y, b));
                else
                    writer.Write((ushort)value(x, y, b));
            byte[] data = bytes.ToArray();
            if (tiled)
                tiff.WriteEncodedTile(index++, data, data.Length);
            else
                tiff.WriteEncodedStrip(index++, data, data.Length);
        }
    }

    /// <summary>An uncompressed grey image of one strip whose pixels are never written: the file system keeps no room for them.</summary>
    public static void WriteSparse(string path, int width, int height)
    {
        using (var tiff = Tiff.Open(path, "w"))
        {
            tiff.SetField(TiffTag.IMAGEWIDTH, width);
            tiff.SetField(TiffTag.IMAGELENGTH, 1);
            tiff.SetField(TiffTag.SAMPLESPERPIXEL, 1);
            tiff.SetField(TiffTag.BITSPERSAMPLE, 8);
            tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISBLACK);
            tiff.SetField(TiffTag.ROWSPERSTRIP, height);
            tiff.WriteEncodedStrip(0, new byte[width], width);
        }
        // Then the header is told of the other rows.
        byte[] bytes = File.ReadAllBytes(path);
        int directory = BitConverter.ToInt32(bytes, 4);
        for (int i = 0; i < BitConverter.ToInt16(bytes, directory); i++)
        {
            int entry = directory + 2 + 12 * i;
            if (BitConverter.ToUInt16(bytes, entry) == (int)TiffTag.IMAGELENGTH)
                (bytes[entry + 2], bytes[entry + 3]) = (4, 0);
            if (BitConverter.ToUInt16(bytes, entry) == (int)TiffTag.IMAGELENGTH)
                BitConverter.TryWriteBytes(bytes.AsSpan(entry + 8), height);
            if (BitConverter.ToUInt16(bytes, entry) == (int)TiffTag.STRIPBYTECOUNTS)
                BitConverter.TryWriteBytes(bytes.AsSpan(entry + 8), (uint)((long)width * height));
        }
        File.WriteAllBytes(path, bytes);
        using var file = File.OpenWrite(path);
        file.SetLength(8 + (long)width * height + 100_000);
    }
}
