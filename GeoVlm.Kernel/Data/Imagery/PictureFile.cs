using SkiaSharp;

namespace GeoVlm.Data.Imagery;

/// <summary>PNG, JPEG and the other everyday formats, by Skia.</summary>
internal static class PictureFile
{
    public static ImageHeader ReadHeader(ImageSource source, ImageOptions options)
    {
        using var codec = Open(source);
        string? turned = codec.EncodedOrigin is SKEncodedOrigin.Default ? null : $"EXIF orientation {(int)codec.EncodedOrigin} ignored, so that boxes fit the stored pixels";
        var header = new ImageHeader(codec.Info.Width, codec.Info.Height) { Bands = codec.Info.ColorType == SKColorType.Gray8 ? 1 : 3, Rendition = turned };
        return PngFile.Layout.Of(source) is not { } png ? header : header with
        {
            Bands = png.Bands,
            SampleType = png.Bits > 8 ? "uint16" : "uint8",
            Rendition = png.IsPlain ? turned : BandRendition.For(png.Bands == 4 ? 3 : png.Bands, false, options).Describe(png.Bands, "uint16"),
        };
    }

    public static RgbImage Decode(ImageSource source, ImageOptions options)
    {
        if (PngFile.Layout.Of(source) is { IsPlain: false } deep) return PngFile.Decode(source, deep, options);
        byte[] rgba = DecodeRgba(source, out int width, out int height);
        var image = new RgbImage(width, height);
        for (int from = 0, to = 0; from < rgba.Length; from += 4)
        {
            image.Pixels[to++] = rgba[from];
            image.Pixels[to++] = rgba[from + 1];
            image.Pixels[to++] = rgba[from + 2];
        }
        return image;
    }

    /// <summary>Red, green, blue and alpha of each pixel, as stored.</summary>
    public static byte[] DecodeRgba(ImageSource source) => DecodeRgba(source, out _, out _);

    private static unsafe byte[] DecodeRgba(ImageSource source, out int width, out int height)
    {
        using var codec = Open(source);
        // Unpremultiplied, so that dropping alpha leaves the stored colours; no colour space, so that no profile changes them.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        (width, height) = (info.Width, info.Height);
        byte[] rgba;
        try
        {
            rgba = GC.AllocateUninitializedArray<byte>(checked(info.Width * info.Height * 4));
        }
        catch (Exception e) when (e is OutOfMemoryException or OverflowException)
        {
            throw new GeoVlmException($"{source.Name}: no memory for {info.Width} x {info.Height} pixels. Cut the image into tiles.", e);
        }
        SKCodecResult result;
        fixed (byte* pixels = rgba) result = codec.GetPixels(info, (IntPtr)pixels);
        return result == SKCodecResult.Success ? rgba
            : throw new GeoVlmException($"{source.Name}: {Explain(result)}. Fetch the file again, or remove it from the dataset.");
    }

    /// <summary>The picture as a PNG file, every pixel kept.</summary>
    public static unsafe byte[] EncodePng(RgbImage image)
    {
        byte[] rgba = new byte[checked(image.Width * image.Height * 4)];
        for (int from = 0, to = 0; from < image.Pixels.Length; from += 3, to += 4)
            (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) = (image.Pixels[from], image.Pixels[from + 1], image.Pixels[from + 2], 255);
        fixed (byte* pixels = rgba)
        {
            using var bitmap = SKImage.FromPixels(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), (IntPtr)pixels);
            using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            return png.ToArray();
        }
    }

    private static SKCodec Open(ImageSource source)
    {
        SKCodecResult result;
        var codec = source.Bytes is { } bytes ? SKCodec.Create(new MemoryStream(bytes), out result) : SKCodec.Create(source.Name, out result);
        return codec ?? throw new GeoVlmException($"{source.Name}: {(result == SKCodecResult.Unimplemented ? "not a PNG, JPEG or TIFF image" : Explain(result))}. "
            + "Convert it to PNG, JPEG or GeoTIFF, or fetch it again.");
    }

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "the file is cut short, the lower part of the picture is missing",
        SKCodecResult.ErrorInInput => "the image data is damaged (checksum or compressed stream)",
        SKCodecResult.Unimplemented => "a variant of the format that cannot be read",
        _ => $"cannot be decoded ({result})",
    };
}
