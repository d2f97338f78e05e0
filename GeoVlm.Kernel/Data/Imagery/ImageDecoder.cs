using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Imagery;

/// <summary>Image files to 8-bit RGB: PNG and JPEG (Skia), TIFF and GeoTIFF of any band count (LibTiff). The content decides, not the name.</summary>
/// <remarks>Every method throws <see cref="GeoVlmException"/>, naming the file, when it is missing, broken or too large.</remarks>
public static class ImageDecoder
{
    /// <summary>Endings of the files that readers look for, lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"];

    private static readonly long DefaultMaxPixels = new Readers.ReadOptions().MaxImagePixels;

    /// <summary>Size, ground sample distance and rendition; no pixel is decoded.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">Images with more pixels are refused; null for the default of <see cref="Readers.ReadOptions.MaxImagePixels"/>.</param>
    public static ImageHeader ReadHeader(string path, long? maxPixels = null) => ReadHeader((ImageSource)path, maxPixels);

    /// <summary>The header of an image that lies in memory.</summary>
    /// <param name="bytes">A whole image file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="maxPixels">Images with more pixels are refused; null for the default.</param>
    public static ImageHeader ReadHeader(byte[] bytes, string name, long? maxPixels = null) => ReadHeader(new ImageSource(name, bytes), maxPixels);

    /// <summary>The picture as 8-bit RGB. Alpha is dropped, not blended; EXIF orientation is ignored, so that boxes fit the stored pixels.</summary>
    /// <remarks>More than 8 bits or other than three bands: see <see cref="BandRendition"/>; what was done is in <see cref="ImageHeader.Rendition"/>.</remarks>
    public static RgbImage Decode(string path, long? maxPixels = null) => Decode((ImageSource)path, maxPixels);

    /// <summary>The picture of an image file that lies in memory.</summary>
    /// <param name="bytes">A whole image file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="maxPixels">Images with more pixels are refused; null for the default.</param>
    public static RgbImage Decode(byte[] bytes, string name, long? maxPixels = null) => Decode(new ImageSource(name, bytes), maxPixels);

    /// <summary>A mask image: a pixel is set where its value is greater than zero (0/1, 0/255 and class ids alike).</summary>
    /// <remarks>In a TIFF the first band counts; in a picture any of red, green and blue.</remarks>
    public static Mask DecodeMask(string path, long? maxPixels = null)
    {
        ReadHeader(path, maxPixels);
        if (IsTiff(path)) return TiffFile.DecodeMask(path);
        var image = PictureFile.Decode(path);
        var mask = new Mask(image.Width, image.Height);
        for (int i = 0; i < mask.Bits.Length; i++)
            mask.Bits[i] = (image.Pixels[3 * i] | image.Pixels[3 * i + 1] | image.Pixels[3 * i + 2]) > 0;
        return mask;
    }

    /// <summary>A file as the image of a sample: the header is read now, the pixels when they are asked for.</summary>
    public static GeoImage Open(string path, string name, long? maxPixels = null)
    {
        var header = ReadHeader(path, maxPixels);
        return GeoImage.Opened(name, header, Load);

        RgbImage Load()
        {
            var image = Decode(path, maxPixels);
            return (image.Width, image.Height) == (header.Width, header.Height) ? image
                : throw new GeoVlmException($"{path}: was {header.Width} x {header.Height} pixels when the dataset was loaded and is "
                    + $"{image.Width} x {image.Height} now. Load the dataset again.");
        }
    }

    private static RgbImage Decode(ImageSource source, long? maxPixels)
    {
        ReadHeader(source, maxPixels);
        return IsTiff(source) ? TiffFile.Decode(source) : PictureFile.Decode(source);
    }

    private static ImageHeader ReadHeader(ImageSource source, long? maxPixels)
    {
        var header = IsTiff(source) ? TiffFile.ReadHeader(source) : PictureFile.ReadHeader(source);
        long pixels = (long)header.Width * header.Height, limit = maxPixels ?? DefaultMaxPixels;
        if (header.Width <= 0 || header.Height <= 0)
            throw new GeoVlmException($"{source.Name}: the header says {header.Width} x {header.Height} pixels. The file is damaged; fetch it again.");
        if (pixels > limit)
            throw new GeoVlmException($"{source.Name}: {header.Width} x {header.Height} pixels, more than the {limit:N0} allowed. "
                + "If the file is to be trusted, raise ReadOptions.MaxImagePixels; otherwise remove it.");
        return header;
    }

    private static bool IsTiff(ImageSource source)
    {
        string path = source.Name;
        try
        {
            using var file = source.Open();
            Span<byte> start = stackalloc byte[4];
            int count = file.ReadAtLeast(start, 4, throwOnEndOfStream: false);
            if (count == 0) throw new GeoVlmException($"{path}: the file is empty. Fetch it again.");
            if (start is [(byte)'M', (byte)'M', 0, 43])
                throw new GeoVlmException($"{path}: a big-endian BigTIFF, which is not read. Rewrite it, e.g. with gdal_translate -co ENDIANNESS=LITTLE.");
            // "II" or "MM", then 42 (TIFF) or 43 (BigTIFF) in that byte order.
            return count == 4 && (start is [(byte)'I', (byte)'I', 42 or 43, 0] or [(byte)'M', (byte)'M', 0, 42]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{path}: cannot be opened ({e.Message}). Check the name and the permissions.", e);
        }
    }
}
