using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;

namespace GeoVlm.Data;

/// <summary>One image of a sample. Its size is read when first asked for, its pixels are decoded at each <see cref="Load"/>.</summary>
/// <remarks>
/// A dataset of a hundred thousand rows opens no image while it is indexed. A deferred image that is missing or broken throws
/// <see cref="GeoVlmException"/> when its size or its pixels are asked for; <see cref="Problem"/> asks without throwing.
/// </remarks>
public sealed record GeoImage
{
    private readonly Func<ImageHeader>? readHeader;
    private readonly int? width,
        height;
    private readonly double? groundSampleDistanceMetres;
    private readonly string? rendition;
    private readonly GeoReference? georeference;
    private volatile ImageHeader? header;
    private Func<RgbImage> load;
    private Ahead? ahead;

    /// <summary>An image whose size is known.</summary>
    /// <param name="name">What a person calls it: a file name, or "before" and "after" of a pair.</param>
    /// <param name="width">Columns of the original picture, in pixels.</param>
    /// <param name="height">Rows of the original picture, in pixels.</param>
    /// <param name="load">Decodes the picture to 8-bit RGB of exactly this size. May throw <see cref="GeoVlmException"/>.</param>
    public GeoImage(string name, int width, int height, Func<RgbImage> load)
    {
        (Name, this.load) = (name, load);
        (this.width, this.height) = (width, height);
    }

    private GeoImage(string name, Func<ImageHeader> readHeader, Func<RgbImage> load)
    {
        (Name, this.load) = (name, load);
        this.readHeader = readHeader;
    }

    /// <summary>What a person calls it: a file name, or "before" and "after" of a pair.</summary>
    public string Name { get; init; }

    /// <summary>Columns of the original picture, in pixels.</summary>
    /// <exception cref="GeoVlmException">The header is read now and cannot be.</exception>
    public int Width
    {
        get => width ?? Header.Width;
        init => width = value;
    }

    /// <summary>Rows of the original picture, in pixels.</summary>
    /// <exception cref="GeoVlmException">The header is read now and cannot be.</exception>
    public int Height
    {
        get => height ?? Header.Height;
        init => height = value;
    }

    /// <summary>Decodes the picture to 8-bit RGB of exactly <see cref="Width"/> by
    /// <see cref="Height"/>. May throw <see cref="GeoVlmException"/>.</summary>
    /// <remarks>Another way to load is another picture: it loses the file and the windows of the first.</remarks>
    public Func<RgbImage> Load
    {
        get => ahead is null ? load : Decoded;
        init
        {
            load = value;
            ahead = null;
            Path = null;
            LoadWindow = null;
        }
    }

    /// <summary>Decodes a part without the rest, the same pixels as in the whole; null where that
    /// is no cheaper. May throw <see cref="GeoVlmException"/>.</summary>
    public Func<PixelWindow, RgbImage>? LoadWindow { get; init; }

    /// <summary>The file that holds the whole of it and nothing else; null for tiles, table cells and pictures in memory.</summary>
    internal string? Path { get; init; }

    /// <summary>Metres on the ground per pixel, where the source says so.</summary>
    /// <exception cref="GeoVlmException">The header is read now and cannot be.</exception>
    public double? GroundSampleDistanceMetres
    {
        get => groundSampleDistanceMetres ?? Header.GroundSampleDistanceMetres;
        init => groundSampleDistanceMetres = value;
    }

    /// <summary>How the 8-bit RGB was made of the source's bands, where it was more than decoding; shown to the user.</summary>
    /// <exception cref="GeoVlmException">The header is read now and cannot be.</exception>
    public string? Rendition
    {
        get => rendition ?? Header.Rendition;
        init => rendition = value;
    }

    /// <summary>Where its pixels lie on the ground; of a tile, those of the tile. Null where the file does not say.</summary>
    /// <exception cref="GeoVlmException">The header is read now and cannot be.</exception>
    public GeoReference? Georeference
    {
        get => georeference ?? Header.Georeference;
        init => georeference = value;
    }

    /// <summary>Why the header cannot be read; null when it can. Reads it, without a pixel, when nobody did before.</summary>
    public string? Problem
    {
        get
        {
            try
            {
                _ = Header;
                return null;
            }
            catch (GeoVlmException e)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Begins to decode the picture for the next <see cref="Load"/>; false where that has been done already.</summary>
    internal bool DecodeAhead(TaskScheduler scheduler, Action taken, CancellationToken cancellation)
    {
        var begun = new Ahead(new Task<RgbImage>(load, cancellation), taken);
        if (Interlocked.CompareExchange(ref ahead, begun, null) is not null)
            return false;
        begun.Picture.Start(scheduler);
        return true;
    }

    private RgbImage Decoded()
    {
        if (Interlocked.Exchange(ref ahead, null) is not { } begun)
            return load();
        begun.Taken();
        try
        {
            return begun.Picture.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (begun.Picture.IsCanceled)
        {
            return load();
        }
    }

    // A copy of the image shares what was begun, which is counted as taken once.
    private sealed class Ahead(Task<RgbImage> picture, Action taken)
    {
        private int done;

        public Task<RgbImage> Picture => picture;

        public void Taken()
        {
            if (Interlocked.Exchange(ref done, 1) == 0)
                taken();
        }
    }

    /// <summary>An image is equal to itself alone: what it has read of its file so far does not make it another.</summary>
    public bool Equals(GeoImage? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>The name; the header is left alone.</summary>
    public override string ToString() => Name;

    /// <summary>What the file says about itself; a picture made in memory has 8-bit
    /// RGB of its size. Of a tile: of the whole scene.</summary>
    /// <exception cref="GeoVlmException">The header is read now and cannot be.</exception>
    // Two threads may both read it; they read the same.
    public ImageHeader Header => header ??= readHeader?.Invoke() ?? new ImageHeader(width!.Value, height!.Value);

    /// <summary>An image whose header has been read.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="header">What the file says about itself.</param>
    /// <param name="load">Decodes the picture to 8-bit RGB of exactly the header's size.</param>
    public static GeoImage Opened(string name, ImageHeader header, Func<RgbImage> load) => new(name, () => header, load);

    /// <summary>Wraps a picture that is in memory already.</summary>
    public static GeoImage FromMemory(string name, RgbImage image, double? groundSampleDistanceMetres = null) =>
        new(name, image.Width, image.Height, () => image) { GroundSampleDistanceMetres = groundSampleDistanceMetres };

    /// <summary>An image whose size is read when first asked for.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="readHeader">Reads size, ground sample distance and rendition. May throw <see cref="GeoVlmException"/>.</param>
    /// <param name="load">Decodes the picture to 8-bit RGB of the size that <paramref name="readHeader"/> gives.</param>
    public static GeoImage Deferred(string name, Func<ImageHeader> readHeader, Func<RgbImage> load) => new(name, readHeader, load);

    /// <summary>An image file that is not touched until something of it is asked for.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">Bands, stretch, and the bound of pixels (a number will do); defaults when null.</param>
    public static GeoImage Deferred(string name, string path, ImageOptions? options = null) =>
        new(name, () => ImageDecoder.ReadHeader(path, options), () => ImageDecoder.Decode(path, options))
        {
            LoadWindow = window => ImageDecoder.DecodeWindow(path, window, options),
            Path = path,
        };
}
