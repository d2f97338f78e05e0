using System.Runtime.Intrinsics.X86;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>The JPEG files that nearly every dataset has, decoded with vectors: about twice as fast as Skia, whose libjpeg-turbo is built without.</summary>
/// <remarks>
/// One sequential scan of 8 bits (ITU-T T.81, Huffman codes), grey or YCbCr with chroma whole, halved across, or halved both ways. The
/// bytes are those that libjpeg gives. Every other file, and every file with a fault, is left to Skia, which knows what to say about it.
/// </remarks>
internal static class SequentialJpeg
{
    /// <summary>The picture as stored; null where Skia is to decode it.</summary>
    public static RgbImage? Decode(ReadOnlySpan<byte> file)
    {
        if (!Avx2.IsSupported || JpegHeader.Read(file) is not { } header)
            return null;
        JpegPlane[] planes = [.. header.Components.Select(component => new JpegPlane(component, header))];
        try
        {
            var luma = header.Components[0];
            if (!planes[1..].All(chroma => ChromaRow.Serves(chroma, luma)) || !JpegScan.Read(file, header, planes))
                return null;
            byte[] rgb = GC.AllocateUninitializedArray<byte>(header.Width * header.Height * 3);
            ChromaRow[] chromas = [.. planes[1..].Select(plane => new ChromaRow(plane, luma))];
            for (int y = 0; y < header.Height; y++)
            {
                var row = rgb.AsSpan(y * header.Width * 3, header.Width * 3);
                if (chromas is [var blue, var red])
                    ColourRow.Write(planes[0].Row(y), blue.At(y), red.At(y), row);
                else
                    ColourRow.Write(planes[0].Row(y), row);
            }
            return new(header.Width, header.Height, rgb);
        }
        finally
        {
            foreach (var plane in planes)
                plane.Dispose();
        }
    }
}
