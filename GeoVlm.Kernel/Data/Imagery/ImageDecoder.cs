using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Imagery;

/// <summary>Image files to 8-bit RGB: PNG and JPEG (Skia), TIFF and GeoTIFF of any band
/// count (LibTiff). The content decides, not the name.</summary>
/// <remarks>Every method throws <see cref="GeoVlmException"/>, naming the file, when it is missing, broken or too large.</remarks>
public static class ImageDecoder
{
    /// <summary>Endings of the files that readers look for, lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"];

    private static readonly ImageOptions usual = new();

    /// <summary>Size, ground sample distance and rendition; no pixel is decoded.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Bands, stretch, and the bound of pixels (a number will do); defaults when null.</param>
    public static ImageHeader ReadHeader(string path, ImageOptions? options = null) => ReadHeader((ImageSource)path, options);

    /// <summary>The header of an image that lies in memory.</summary>
    /// <param name="bytes">A whole image file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="options">Bands, stretch, and the bound of pixels (a number will do); defaults when null.</param>
    public static ImageHeader ReadHeader(byte[] bytes, string name, ImageOptions? options = null) =>
        ReadHeader(new ImageSource(name, bytes), options);

    /// <summary>The picture as 8-bit RGB. Alpha is dropped, not blended; EXIF orientation
    /// is ignored, so that boxes fit the stored pixels.</summary>
    /// <remarks>More than 8 bits or other than three bands: see <see cref="BandRendition"/>; what was done is in
    /// <see cref="ImageHeader.Rendition"/>.</remarks>
    public static RgbImage Decode(string path, ImageOptions? options = null) => Decode((ImageSource)path, options);

    /// <summary>The picture of an image file that lies in memory.</summary>
    /// <param name="bytes">A whole image file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="options">Bands, stretch, and the bound of pixels (a number will do); defaults when null.</param>
    public static RgbImage Decode(byte[] bytes, string name, ImageOptions? options = null) => Decode(new ImageSource(name, bytes), options);

    /// <summary>A window of the picture as 8-bit RGB, the same pixels that the whole would have
    /// there; of a TIFF only the blocks that it touches are read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="window">In pixels of the file.</param>
    /// <param name="options">Bands and stretch; the bound of pixels holds for the window alone.</param>
    public static RgbImage DecodeWindow(string path, PixelWindow window, ImageOptions? options = null)
    {
        bool tiff = IsTiff(path);
        var header = tiff ? TiffFile.ReadHeader(path, options ?? usual) : ReadHeader(path, options);
        if (!window.IsInside(header.Width, header.Height) || (long)window.Width * window.Height > (options ?? usual).MaxPixels)
            throw new GeoVlmException(
                $"{path}: the window of {window.Width} x {window.Height} pixels at {window.Left}, {window.Top} does not fit the {header.Width} x {header.Height} image"
            );
        return tiff ? TiffFile.Decode(path, options ?? usual, window) : TiffFile.Crop(Decode(path, options), window);
    }

    /// <summary>A mask image: a pixel is set where its value is greater than zero (0/1, 0/255 and class ids alike).</summary>
    /// <remarks>In a TIFF the first band counts; in a picture any of red, green and blue.</remarks>
    public static Mask DecodeMask(string path, ImageOptions? options = null)
    {
        ReadHeader(path, options);
        if (IsTiff(path))
            return TiffFile.DecodeMask(path);
        var image = PictureFile.Decode(path, usual);
        var mask = new Mask(image.Width, image.Height);
        for (int i = 0; i < mask.Bits.Length; i++)
            mask.Bits[i] = (image.Pixels[3 * i] | image.Pixels[3 * i + 1] | image.Pixels[3 * i + 2]) > 0;
        return mask;
    }

    /// <summary>A file as the image of a sample: the header is read now, the pixels when they are asked for.</summary>
    public static GeoImage Open(string path, string name, ImageOptions? options = null)
    {
        var header = ReadHeader(path, options);
        return GeoImage.Opened(name, header, Load) with
        {
            Path = path,
            LoadWindow = IsTiff(path) ? window => DecodeWindow(path, window, options) : null,
        };

        RgbImage Load()
        {
            var image = Decode(path, options);
            return (image.Width, image.Height) == (header.Width, header.Height)
                ? image
                : throw new GeoVlmException(
                    $"{path}: was {header.Width} x {header.Height} pixels when the dataset was loaded and is "
                        + $"{image.Width} x {image.Height} now. Load the dataset again."
                );
        }
    }

    private static RgbImage Decode(ImageSource source, ImageOptions? options)
    {
        if (!IsTiff(source))
            return PictureFile.Decode(source, options ?? usual);
        ReadHeader(source, options);
        return TiffFile.Decode(source, options ?? usual);
    }

    private static ImageHeader ReadHeader(ImageSource source, ImageOptions? options)
    {
        var header = IsTiff(source) ? TiffFile.ReadHeader(source, options ?? usual) : PictureFile.ReadHeader(source, options ?? usual);
        RefuseBomb(source, header.Width, header.Height, options ?? usual);
        return header;
    }

    /// <summary>Refuses an image without pixels, or with more than are allowed, before anything of that size is allocated.</summary>
    internal static void RefuseBomb(ImageSource source, int width, int height, ImageOptions options)
    {
        if (width <= 0 || height <= 0)
            throw new GeoVlmException($"{source.Name}: the header says {width} x {height} pixels. The file is damaged; fetch it again.");
        if ((long)width * height > options.MaxPixels)
            throw new GeoVlmException(
                $"{source.Name}: {width} x {height} pixels, more than the {options.MaxPixels:N0} allowed. "
                    + "If the file is to be trusted, raise ReadOptions.MaxImagePixels; otherwise remove it."
            );
    }

    internal static bool IsTiff(ImageSource source)
    {
        string path = source.Name;
        try
        {
            using var file = source.Open();
            Span<byte> start = stackalloc byte[4];
            int count = file.ReadAtLeast(start, 4, throwOnEndOfStream: false);
            if (count == 0)
                throw new GeoVlmException($"{path}: the file is empty. Fetch it again.");
            if (start is [0, 0, 0, 12])
                throw new GeoVlmException($"{path}: a JPEG 2000 image, which is not read. Rewrite it, e.g. with gdal_translate -of GTiff.");
            // "II" or "MM", then 42 (TIFF) or 43 (BigTIFF) in that byte order.
            return count == 4 && (start is [(byte)'I', (byte)'I', 42 or 43, 0] or [(byte)'M', (byte)'M', 0, 42 or 43]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{path}: cannot be opened ({e.Message}). Check the name and the permissions.", e);
        }
    }
}
