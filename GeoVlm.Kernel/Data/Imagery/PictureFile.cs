using SkiaSharp;

namespace GeoVlm.Data.Imagery;

/// <summary>PNG, JPEG and the other everyday formats, by Skia.</summary>
internal static class PictureFile
{
    public static ImageHeader ReadHeader(ImageSource source)
    {
        using var codec = Open(source);
        return new ImageHeader(codec.Info.Width, codec.Info.Height);
    }

    public static RgbImage Decode(ImageSource source)
    {
        using var codec = Open(source);
        // Unpremultiplied, so that dropping alpha leaves the stored colours; no colour space, so that no profile changes them.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(info))
            throw new GeoVlmException($"{source.Name}: no memory for {info.Width} x {info.Height} pixels. Cut the image into tiles.");
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw new GeoVlmException($"{source.Name}: {Explain(result)}. Fetch the file again, or remove it from the dataset.");

        var image = new RgbImage(info.Width, info.Height);
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        for (int y = 0, to = 0; y < info.Height; y++)
        {
            var row = rgba.Slice(y * bitmap.RowBytes, info.Width * 4);
            for (int from = 0; from < row.Length; from += 4)
            {
                image.Pixels[to++] = row[from];
                image.Pixels[to++] = row[from + 1];
                image.Pixels[to++] = row[from + 2];
            }
        }
        return image;
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
