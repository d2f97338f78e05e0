using System.Runtime.InteropServices;
using SkiaSharp;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>A folder for one test, with what a dataset is made of; removed afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("geovlm-readers-").FullName;

    /// <summary>Full path of a file in the folder; its sub-folders are made.</summary>
    public string File(string relative)
    {
        string path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public void Text(string relative, string text) => System.IO.File.WriteAllText(File(relative), text);

    public void Copy(string from, string relative) => System.IO.File.WriteAllBytes(File(relative), System.IO.File.ReadAllBytes(from));

    /// <summary>Writes a PNG (or JPEG, by the name) whose pixels are given by <paramref name="colour"/>; grey 128 without.</summary>
    public void Image(string relative, int width, int height, Func<int, int, byte>? colour = null)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        for (int y = 0; y < height; y++)
        {
            byte[] row = [.. Enumerable.Range(0, width).Select(x => colour?.Invoke(x, y) ?? 128)];
            Marshal.Copy(row, 0, bitmap.GetPixels() + y * bitmap.RowBytes, width);
        }
        using var data = bitmap.Encode(relative.EndsWith(".jpg") ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 90);
        System.IO.File.WriteAllBytes(File(relative), data.ToArray());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
