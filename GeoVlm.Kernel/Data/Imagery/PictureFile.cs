using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GeoVlm.Data.Imagery.Jpeg;
using SkiaSharp;

namespace GeoVlm.Data.Imagery;

/// <summary>PNG, JPEG and the other everyday formats, by Skia.</summary>
internal static class PictureFile
{
    public static ImageHeader ReadHeader(ImageSource source, ImageOptions options)
    {
        using var codec = Open(source);
        string? turned =
            codec.EncodedOrigin is SKEncodedOrigin.Default ? null
            : options.Upright ? $"turned by EXIF orientation {(int)codec.EncodedOrigin}"
            : $"EXIF orientation {(int)codec.EncodedOrigin} ignored, so that boxes fit the stored pixels";
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (options.Upright && ExifOrientation.SwapsSides(codec.EncodedOrigin))
            (width, height) = (height, width);
        var header = new ImageHeader(width, height) { Bands = codec.Info.ColorType == SKColorType.Gray8 ? 1 : 3, Rendition = turned };
        return PngFile.Layout.Of(source) is not { } png
            ? header
            : header with
            {
                Bands = png.Bands,
                SampleType = png.Bits > 8 ? "uint16" : "uint8",
                Rendition = png.IsPlain
                    ? turned
                    : BandRendition.For(png.Bands == 4 ? 3 : png.Bands, false, options).Describe(png.Bands, "uint16"),
            };
    }

    public static RgbImage Decode(ImageSource source, ImageOptions options)
    {
        using var bytes = Whole(source);
        using var codec = SKCodec.Create(bytes) ?? Open(source); // which says what is wrong
        var info = Stored(source, codec, options);
        if (codec.EncodedFormat == SKEncodedImageFormat.Png && PngFile.Layout.Of(source) is { IsPlain: false } deep)
            return PngFile.Decode(source, deep, options);
        var stored =
            (codec.EncodedFormat == SKEncodedImageFormat.Jpeg ? SequentialJpeg.Decode(bytes.AsSpan()) : null)
            ?? BySkia(source, codec, info);
        return options.Upright ? ExifOrientation.Apply(stored, codec.EncodedOrigin) : stored;
    }

    private static RgbImage BySkia(ImageSource source, SKCodec codec, SKImageInfo info)
    {
        int pixels = info.Width * info.Height;
        byte[] rgba = ArrayPool<byte>.Shared.Rent(pixels * 4),
            rgb = GC.AllocateUninitializedArray<byte>(pixels * 3);
        Decode(source, codec, info, rgba);
        DropAlpha(rgba, rgb, pixels);
        ArrayPool<byte>.Shared.Return(rgba);
        return new(info.Width, info.Height, rgb);
    }

    // Sixteen bytes are moved for twelve: the last four are written over by the next pixels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DropAlpha(byte[] rgba, byte[] rgb, int pixels)
    {
        var colours = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15);
        int i = 0;
        for (; i + 6 <= pixels; i += 4)
            Vector128.Shuffle(Vector128.LoadUnsafe(ref rgba[4 * i]), colours).StoreUnsafe(ref rgb[3 * i]);
        for (; i < pixels; i++)
            rgba.AsSpan(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
    }

    /// <summary>Red, green, blue and alpha of each pixel, as stored.</summary>
    public static byte[] DecodeRgba(ImageSource source)
    {
        using var codec = Open(source);
        var info = Stored(source, codec, new ImageOptions());
        byte[] rgba = GC.AllocateUninitializedArray<byte>(info.Width * info.Height * 4);
        Decode(source, codec, info, rgba);
        return rgba;
    }

    // Unpremultiplied, so that dropping alpha leaves the stored colours; no colour space, so that no profile changes them.
    private static SKImageInfo Stored(ImageSource source, SKCodec codec, ImageOptions options)
    {
        ImageDecoder.RefuseBomb(source, codec.Info.Width, codec.Info.Height, options);
        return (long)codec.Info.Width * codec.Info.Height * 4 <= Array.MaxLength
            ? new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null)
            : throw new GeoVlmException(
                $"{source.Name}: {codec.Info.Width} x {codec.Info.Height} pixels do not fit into one array. Cut the image into tiles."
            );
    }

    private static unsafe void Decode(ImageSource source, SKCodec codec, SKImageInfo info, byte[] rgba)
    {
        SKCodecResult result;
        fixed (byte* pixels = rgba)
            result = codec.GetPixels(info, (IntPtr)pixels);
        if (result != SKCodecResult.Success)
            throw new GeoVlmException($"{source.Name}: {Explain(result)}. Fetch the file again, or remove it from the dataset.");
    }

    /// <summary>The picture as a PNG file, every pixel kept.</summary>
    public static unsafe byte[] EncodePng(RgbImage image)
    {
        byte[] rgba = new byte[checked(image.Width * image.Height * 4)];
        for (int from = 0, to = 0; from < image.Pixels.Length; from += 3, to += 4)
            (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) = (
                image.Pixels[from],
                image.Pixels[from + 1],
                image.Pixels[from + 2],
                255
            );
        fixed (byte* pixels = rgba)
        {
            using var bitmap = SKImage.FromPixels(
                new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque),
                (IntPtr)pixels
            );
            using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            return png.ToArray();
        }
    }

    // Skia reads a file kilobyte by kilobyte, which takes a tenth of the time that a JPEG does.
    private static SKData Whole(ImageSource source)
    {
        try
        {
            using var file = source.Open();
            return SKData.Create(file, file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{source.Name}: cannot be opened ({e.Message}). Check the name and the permissions.", e);
        }
    }

    private static SKCodec Open(ImageSource source)
    {
        SKCodecResult result;
        var codec = source.Bytes is { } bytes
            ? SKCodec.Create(new MemoryStream(bytes), out result)
            : SKCodec.Create(source.Name, out result);
        return codec
            ?? throw new GeoVlmException(
                $"{source.Name}: {(result == SKCodecResult.Unimplemented ? "not a PNG, JPEG or TIFF image" : Explain(result))}. "
                    + "Convert it to PNG, JPEG or GeoTIFF, or fetch it again."
            );
    }

    private static string Explain(SKCodecResult result) =>
        result switch
        {
            SKCodecResult.IncompleteInput => "the file is cut short, the lower part of the picture is missing",
            SKCodecResult.ErrorInInput => "the image data is damaged (checksum or compressed stream)",
            SKCodecResult.Unimplemented => "a variant of the format that cannot be read",
            _ => $"cannot be decoded ({result})",
        };
}
