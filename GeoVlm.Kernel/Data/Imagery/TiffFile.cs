using BitMiracle.LibTiff.Classic;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Imagery;

/// <summary>The first image of a TIFF, BigTIFF or GeoTIFF file, by LibTiff.</summary>
/// <remarks>
/// Plain samples (1 to 64 bits; unsigned, signed, float) are read band by band. Palette, CMYK and YCbCr images go through LibTiff's own
/// conversion to
/// 8-bit RGB for display.
/// </remarks>
internal static class TiffFile
{
    // Above this a scene is rendered window by window, with the ends of its stretch from blocks spread over it, the same for every window.
    private const long WholePixels = 16_000_000;
    private const int StatisticsWindows = 8,
        StatisticsPixels = 256,
        MostDirectories = 64;

    public static ImageHeader ReadHeader(ImageSource source, ImageOptions options) =>
        With(
            source,
            (tiff, _, layout) =>
                new ImageHeader(layout.Width, layout.Height)
                {
                    GroundSampleDistanceMetres = layout.Georeference?.GroundSampleDistanceMetres(layout.Width, layout.Height),
                    Rendition =
                        layout.IsConvertedByLibTiff ? "converted to 8-bit RGB by LibTiff"
                        : layout.Rendition(options) is { Red: 0, Green: 1, Blue: 2, Stretch: null }
                        && layout is { Bands: 3, Photometric: Photometric.RGB or Photometric.YCBCR }
                            ? null
                        : layout.Rendition(options).Describe(layout.Bands, layout.SampleType)
                            + (layout.IsWhiteZero ? ", white is zero" : ""),
                    Bands = layout.Bands,
                    SampleType = layout.SampleType,
                    Georeference = layout.Georeference,
                    Nodata = layout.Nodata,
                    Compression = layout.Compression == ZstdBlocks.Tag ? "zstd" : layout.Compression.ToString().ToLowerInvariant(),
                    IsTiled = layout.IsTiled,
                    Overviews = Overviews(tiff, layout),
                }
        );

    /// <summary>The picture, or a window of it.</summary>
    public static RgbImage Decode(ImageSource source, ImageOptions options, PixelWindow? window = null) =>
        With(
            source,
            (tiff, bytes, layout) =>
            {
                var part = window ?? new PixelWindow(0, 0, layout.Width, layout.Height);
                if (layout.IsConvertedByLibTiff)
                    return window is null ? Converted(tiff, layout) : Crop(Converted(tiff, layout), part);
                var image = new RgbImage(part.Width, part.Height);
                var rendition = layout.Rendition(options);
                var samples = Plain(tiff, bytes, layout, rendition.Bands, part);
                var sampled =
                    rendition.Stretch is { ArePercentiles: true } && (long)layout.Width * layout.Height > WholePixels
                    || window is not null && rendition.Stretch is { ArePercentiles: true }
                        ? Spread(tiff, bytes, layout, rendition.Bands)
                        : samples;
                rendition.Paint(
                    image,
                    band => samples[rendition.Bands.ToList().IndexOf(band)],
                    band => rendition.Ends(sampled[rendition.Bands.ToList().IndexOf(band)])
                );
                if (layout.IsWhiteZero)
                    for (int i = 0; i < image.Pixels.Length; i++)
                        image.Pixels[i] = (byte)(255 - image.Pixels[i]);
                return image;
            }
        );

    /// <summary>Samples as they are stored.</summary>
    public static double[][] Read(ImageSource source, IReadOnlyList<int> bands, PixelWindow? window, int overview, out long bytesRead)
    {
        long counted = 0;
        var planes = With(
            source,
            (tiff, bytes, layout) =>
            {
                if (overview > 0)
                    layout = OpenOverview(tiff, layout, overview);
                var read = TiffSamples.Read<double>(
                    tiff,
                    bytes,
                    layout,
                    bands,
                    window ?? new PixelWindow(0, 0, layout.Width, layout.Height)
                );
                counted = bytes.BytesRead;
                return read;
            }
        );
        bytesRead = counted;
        return planes;
    }

    public static Mask DecodeMask(ImageSource source) =>
        With(
            source,
            (tiff, bytes, layout) =>
            {
                var mask = new Mask(layout.Width, layout.Height);
                // A palette names classes; which colour it gives them says nothing about what is set.
                float[] band = TiffSamples.Read<float>(tiff, bytes, layout, [0], new PixelWindow(0, 0, layout.Width, layout.Height))[0];
                for (int i = 0; i < mask.Bits.Length; i++)
                    mask.Bits[i] = band[i] > 0;
                return mask;
            }
        );

    /// <summary>Samples with NaN for nodata, except in 8-bit bands, where it is a colour like any other.</summary>
    private static float[][] Plain(Tiff tiff, TiffSource bytes, TiffLayout layout, IReadOnlyList<int> bands, PixelWindow window)
    {
        var planes = TiffSamples.Read<float>(tiff, bytes, layout, bands, window);
        if (layout.Nodata is not { } nodata || layout.SampleType == "uint8")
            return planes;
        foreach (float[] plane in planes)
            for (int i = 0; i < plane.Length; i++)
                if (plane[i] == (float)nodata)
                    plane[i] = float.NaN;
        return planes;
    }

    // Windows on an even grid over the scene; the whole of a scene that is no larger than they are.
    private static float[][] Spread(Tiff tiff, TiffSource bytes, TiffLayout layout, IReadOnlyList<int> bands)
    {
        if ((long)layout.Width * layout.Height <= WholePixels)
            return Plain(tiff, bytes, layout, bands, new PixelWindow(0, 0, layout.Width, layout.Height));
        List<float>[] gathered = [.. bands.Select(_ => new List<float>())];
        int width = Math.Min(StatisticsPixels, layout.Width),
            height = Math.Min(StatisticsPixels, layout.Height);
        for (int row = 0; row < StatisticsWindows; row++)
        for (int column = 0; column < StatisticsWindows; column++)
        {
            var window = new PixelWindow(
                (int)((long)(layout.Width - width) * column / (StatisticsWindows - 1)),
                (int)((long)(layout.Height - height) * row / (StatisticsWindows - 1)),
                width,
                height
            );
            float[][] part = Plain(tiff, bytes, layout, bands, window);
            for (int i = 0; i < part.Length; i++)
                gathered[i].AddRange(part[i]);
        }
        return [.. gathered.Select(g => g.ToArray())];
    }

    private static RgbImage Converted(Tiff tiff, TiffLayout layout)
    {
        if (layout.Compression == ZstdBlocks.Tag)
            throw new NotSupportedException(
                "a palette or CMYK image compressed with ZSTD, which is not read (gdal_translate -co COMPRESS=DEFLATE)"
            );
        if (!tiff.RGBAImageOK(out string why))
            throw new NotSupportedException($"a kind of TIFF that is not read ({why})");
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

    internal static RgbImage Crop(RgbImage whole, PixelWindow window)
    {
        var crop = new RgbImage(window.Width, window.Height);
        for (int y = 0; y < window.Height; y++)
            Array.Copy(whole.Pixels, whole.Offset(window.Left, window.Top + y), crop.Pixels, crop.Offset(0, y), window.Width * 3);
        return crop;
    }

    /// <summary>Factors of the smaller copies that follow the image: 2, 4, 8.</summary>
    private static List<int> Overviews(Tiff tiff, TiffLayout layout) => [.. Smaller(tiff, layout).Select(o => o.Factor)];

    private static TiffLayout OpenOverview(Tiff tiff, TiffLayout layout, int factor)
    {
        foreach (var (found, smaller) in Smaller(tiff, layout))
            if (found == factor)
                return smaller; // the directory that is open now
        throw new NotSupportedException($"there is no overview of factor {factor}");
    }

    // One directory after the other, so that a chain that runs in a circle ends.
    private static IEnumerable<(int Factor, TiffLayout Layout)> Smaller(Tiff tiff, TiffLayout layout)
    {
        for (int i = 1; i < MostDirectories && !tiff.LastDirectory() && tiff.ReadDirectory(); i++)
            if (IsOverview(tiff) && TiffLayout.Of(tiff) is { Width: > 0 } smaller)
                yield return ((int)Math.Round(layout.Width / (double)smaller.Width), smaller);
    }

    // A reduced image that is not the reduced mask of transparency.
    private static bool IsOverview(Tiff tiff) =>
        tiff.GetField(TiffTag.SUBFILETYPE) is { Length: > 0 } kind
        && ((FileType)kind[0].ToInt() & (FileType.REDUCEDIMAGE | FileType.MASK)) == FileType.REDUCEDIMAGE;

    /// <summary>Opens the file, runs the work, and turns whatever LibTiff throws on
    /// damaged bytes into one error with the file's name.</summary>
    private static T With<T>(ImageSource source, Func<Tiff, TiffSource, TiffLayout, T> work)
    {
        TiffMessages.Start();
        try
        {
            using var stream = ClassicTiff.Of(source.Open());
            var bytes = new TiffSource(stream);
            using var tiff =
                Tiff.ClientOpen(source.Name, "r", stream, bytes)
                ?? throw new InvalidDataException("not a TIFF file, or its header is cut short");
            return work(tiff, bytes, TiffLayout.Of(tiff));
        }
        // Fuzzed files make LibTiff fail in many ways (index, overflow, cast, null reference); all mean the same to the user.
        catch (Exception e) when (e is not GeoVlmException and not OutOfMemoryException)
        {
            string detail = TiffMessages.First is { } said
                ? $" (LibTiff: {said.Replace(source.Name + ": ", "", StringComparison.Ordinal)})"
                : "";
            string what = e is InvalidDataException or NotSupportedException ? e.Message : "its structure is damaged";
            throw new GeoVlmException($"{source.Name}: {what}{detail}. Fetch the file again, or rewrite it, e.g. with gdal_translate.", e);
        }
    }
}
