using BitMiracle.LibTiff.Classic;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Imagery;

/// <summary>The first image of a TIFF, BigTIFF or GeoTIFF file, by LibTiff.</summary>
/// <remarks>
/// Plain samples (8, 16, 32, 64 bits; unsigned, signed, float) are read band by band. Palette, 1- to 4-bit, white-is-zero, CMYK and
/// YCbCr images go through LibTiff's own conversion to 8-bit RGB.
/// </remarks>
internal static class TiffFile
{
    public static ImageHeader ReadHeader(ImageSource source) => With(source, (_, layout) => new ImageHeader(layout.Width, layout.Height)
    {
        GroundSampleDistanceMetres = layout.GroundSampleDistanceMetres,
        Rendition = layout.IsConvertedByLibTiff ? "converted to 8-bit RGB by LibTiff"
            : layout is { Bands: 3, SampleType: "uint8" } ? null
            : layout.Rendition.Describe(layout.Bands, layout.SampleType),
        Bands = layout.Bands,
        SampleType = layout.SampleType,
    });

    public static RgbImage Decode(ImageSource source) => With(source, (tiff, layout) =>
    {
        if (layout.IsConvertedByLibTiff) return Converted(tiff, layout);
        var image = new RgbImage(layout.Width, layout.Height);
        var rendition = layout.Rendition;
        if (rendition.Bands is [int grey])
        {
            rendition.Paint(TiffSamples.ReadBands(tiff, layout, [grey])[0], image, 0, 1, 2);
            return image;
        }
        var bands = TiffSamples.ReadBands(tiff, layout, rendition.Bands);
        for (int channel = 0; channel < 3; channel++) rendition.Paint(bands[channel], image, channel);
        return image;
    });

    public static Mask DecodeMask(ImageSource source) => With(source, (tiff, layout) =>
    {
        var mask = new Mask(layout.Width, layout.Height);
        if (layout.IsConvertedByLibTiff)
        {
            var image = Converted(tiff, layout);
            for (int i = 0; i < mask.Bits.Length; i++) mask.Bits[i] = image.Pixels[3 * i] > 0;
            return mask;
        }
        var band = TiffSamples.ReadBands(tiff, layout, [0])[0];
        for (int i = 0; i < mask.Bits.Length; i++) mask.Bits[i] = band[i] > 0;
        return mask;
    });

    private static RgbImage Converted(Tiff tiff, TiffLayout layout)
    {
        if (!tiff.RGBAImageOK(out string why)) throw new NotSupportedException($"a kind of TIFF that is not read ({why})");
        var packed = new int[checked(layout.Width * layout.Height)];
        if (!tiff.ReadRGBAImageOriented(layout.Width, layout.Height, packed, Orientation.TOPLEFT, stopOnError: true))
            throw new InvalidDataException("the image data is cut short or damaged");
        var image = new RgbImage(layout.Width, layout.Height);
        for (int i = 0; i < packed.Length; i++)
        {
            image.Pixels[3 * i] = (byte)Tiff.GetR(packed[i]);
            image.Pixels[3 * i + 1] = (byte)Tiff.GetG(packed[i]);
            image.Pixels[3 * i + 2] = (byte)Tiff.GetB(packed[i]);
        }
        return image;
    }

    /// <summary>Opens the file, runs the work, and turns whatever LibTiff throws on damaged bytes into one error with the file's name.</summary>
    private static T With<T>(ImageSource source, Func<Tiff, TiffLayout, T> work)
    {
        TiffMessages.Start();
        try
        {
            using var tiff = Open(source) ?? throw new InvalidDataException("not a TIFF file, or its header is cut short");
            return work(tiff, TiffLayout.Of(tiff));
        }
        // Fuzzed files make LibTiff fail in many ways (index, overflow, cast, null reference); all mean the same to the user.
        catch (Exception e) when (e is not GeoVlmException and not OutOfMemoryException)
        {
            string detail = TiffMessages.First is { } said ? $" (LibTiff: {said.Replace(source.Name + ": ", "", StringComparison.Ordinal)})" : "";
            string what = e is InvalidDataException or NotSupportedException ? e.Message : "its structure is damaged";
            throw new GeoVlmException($"{source.Name}: {what}{detail}. Fetch the file again, or rewrite it, e.g. with gdal_translate.", e);
        }
    }

    private static Tiff? Open(ImageSource source) =>
        source.Bytes is null ? Tiff.Open(source.Name, "r") : Tiff.ClientOpen(source.Name, "r", source.Open(), new TiffStream());
}
