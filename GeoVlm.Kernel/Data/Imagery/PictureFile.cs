using SkiaSharp;

namespace GeoVlm.Data.Imagery;

/// <summary>PNG, JPEG and the other everyday formats, by Skia.</summary>
internal static class PictureFile
{
    public static ImageHeader ReadHeader(string path)
    {
        using var codec = Open(path);
        return new ImageHeader(codec.Info.Width, codec.Info.Height);
    }

    public static RgbImage Decode(string path)
    {
        using var codec = Open(path);
        return Decode(codec, path);
    }

    public static RgbImage Decode(byte[] bytes, string name, long maxPixels)
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data) ?? throw new GeoVlmException($"{name} is not a PNG, JPEG or WebP image.");
        if ((long)codec.Info.Width * codec.Info.Height > maxPixels)
            throw new GeoVlmException($"{name} has {codec.Info.Width} x {codec.Info.Height} pixels, more than the {maxPixels:N0} allowed.");
        return Decode(codec, name);
    }

    private static RgbImage Decode(SKCodec codec, string path)
    {
        // Unpremultiplied, so that dropping alpha leaves the stored colours; no colour space, so that no profile changes them.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(info))
            throw new GeoVlmException($"{path}: no memory for {info.Width} x {info.Height} pixels. Cut the image into tiles.");
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw new GeoVlmException($"{path}: {Explain(result)}. Fetch the file again, or remove it from the dataset.");

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

    private static SKCodec Open(string path) => SKCodec.Create(path, out var result)
        ?? throw new GeoVlmException($"{path}: {(result == SKCodecResult.Unimplemented ? "not a PNG, JPEG or TIFF image" : Explain(result))}. "
            + "Convert it to PNG, JPEG or GeoTIFF, or fetch it again.");

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "the file is cut short, the lower part of the picture is missing",
        SKCodecResult.ErrorInInput => "the image data is damaged (checksum or compressed stream)",
        SKCodecResult.Unimplemented => "a variant of the format that cannot be read",
        _ => $"cannot be decoded ({result})",
    };
}
