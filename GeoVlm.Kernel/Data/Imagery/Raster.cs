using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Imagery;

/// <summary>The samples of an image file as they are stored, without stretch or
/// colour: for statistics, indices, masks of class ids.</summary>
/// <param name="Path">The file.</param>
/// <param name="Header">Size, bands, type, place on the ground, overviews.</param>
public sealed record Raster(string Path, ImageHeader Header)
{
    /// <summary>Opens a TIFF or a picture; no pixel is decoded.</summary>
    /// <param name="path">The file. Of any size: memory is only taken for what is read.</param>
    /// <exception cref="GeoVlmException">It is missing, damaged, or of a kind that is not read.</exception>
    public static Raster Open(string path) => new(path, ImageDecoder.ReadHeader(path, new ImageOptions { MaxPixels = long.MaxValue }));

    /// <summary>Samples of bands, each [window height, window width].</summary>
    /// <param name="bands">Bands from 0; all when null.</param>
    /// <param name="window">The part to read, in pixels of the overview where one is asked for; the
    /// whole image when null. Only the blocks that it touches are read.</param>
    /// <param name="overview">A factor of <see cref="ImageHeader.Overviews"/>, or 0 for full resolution.</param>
    /// <exception cref="GeoVlmException">The data is damaged, or there is no such band, window or overview.</exception>
    public IReadOnlyList<double[]> Read(IReadOnlyList<int>? bands = null, PixelWindow? window = null, int overview = 0) =>
        Read(bands, window, overview, out _);

    /// <summary>The same, telling how many bytes of the file it took.</summary>
    internal IReadOnlyList<double[]> Read(IReadOnlyList<int>? bands, PixelWindow? window, int overview, out long bytesRead)
    {
        bands ??= [.. Enumerable.Range(0, Header.Bands)];
        if (bands.Any(b => b < 0 || b >= Header.Bands))
            throw new GeoVlmException($"{Path}: has bands 0 to {Header.Bands - 1}, not {string.Join(", ", bands)}");
        if (ImageDecoder.IsTiff(Path))
            return TiffFile.Read(Path, bands, window, overview, out bytesRead);
        bytesRead = new FileInfo(Path).Length;
        var part = window ?? new PixelWindow(0, 0, Header.Width, Header.Height);
        if (overview != 0 || !part.IsInside(Header.Width, Header.Height))
            throw new GeoVlmException($"{Path}: has no such window or overview; it is {Header.Width} x {Header.Height} pixels");
        Func<int, int, double> sample;
        if (PngFile.Layout.Of(Path) is { IsPlain: false } deep)
        {
            ushort[][] planes = PngFile.Read(Path, deep);
            sample = (band, at) => planes[band][at];
        }
        else
        {
            byte[] rgba = PictureFile.DecodeRgba(Path);
            // Grey and alpha: alpha is the last of four.
            sample = (band, at) => rgba[4 * at + (Header.Bands == 2 && band == 1 ? 3 : band)];
        }
        return [.. bands.Select(Plane)];

        double[] Plane(int band)
        {
            var plane = new double[part.Width * part.Height];
            for (int y = 0, to = 0; y < part.Height; y++)
            for (int x = 0; x < part.Width; x++)
                plane[to++] = sample(band, (part.Top + y) * Header.Width + part.Left + x);
            return plane;
        }
    }
}
