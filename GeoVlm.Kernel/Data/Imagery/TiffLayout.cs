using System.Globalization;
using BitMiracle.LibTiff.Classic;

namespace GeoVlm.Data.Imagery;

/// <summary>What the tags of a TIFF directory say: size, samples, blocks, and the ground.</summary>
internal sealed record TiffLayout(int Width, int Height, int Bands, int BitsPerSample, SampleFormat Format, Photometric Photometric)
{
    private const int GdalNodata = 42113;

    public bool IsPlanar { get; private init; }

    public bool IsTiled { get; private init; }

    public int BlockWidth { get; private init; }

    public int BlockHeight { get; private init; }

    public Compression Compression { get; private init; }

    /// <summary>The value that means "no data"; null where none is named.</summary>
    public double? Nodata { get; private init; }

    public GeoReference? Georeference { get; private init; }

    public int SamplesPerPixel => IsPlanar ? 1 : Bands;

    /// <summary>Bytes of a row of a block; rows begin at whole bytes.</summary>
    public long RowBytes => ((long)BlockWidth * SamplesPerPixel * BitsPerSample + 7) / 8;

    /// <summary>"uint8", "int16", "float32" and so on: the smallest type that holds a sample.</summary>
    public string SampleType =>
        (
            Format switch
            {
                SampleFormat.IEEEFP => "float",
                SampleFormat.INT => "int",
                _ => "uint",
            }
        )
        + (
            BitsPerSample switch
            {
                <= 8 => 8,
                <= 16 => 16,
                <= 32 => 32,
                _ => 64,
            }
        ).ToString(CultureInfo.InvariantCulture);

    /// <summary>True for the kinds that are colour codes rather than samples, and those that LibTiff alone unpacks for display.</summary>
    public bool IsConvertedByLibTiff =>
        Photometric is Photometric.PALETTE or Photometric.CIELAB
        || Photometric == Photometric.YCBCR && Compression != Compression.JPEG
        || Photometric == Photometric.SEPARATED && BitsPerSample == 8
        || Bands == 1 && BitsPerSample is 1 or 2 or 4;

    public bool IsWhiteZero => Photometric == Photometric.MINISWHITE;

    public BandRendition Rendition(ImageOptions options) => BandRendition.For(Bands, BitsPerSample == 8 && SampleType == "uint8", options);

    public static TiffLayout Of(Tiff tiff)
    {
        int Tag(TiffTag tag, int otherwise) => tiff.GetFieldDefaulted(tag) is { Length: > 0 } value ? value[0].ToInt() : otherwise;
        int width = Tag(TiffTag.IMAGEWIDTH, 0),
            height = Tag(TiffTag.IMAGELENGTH, 0);
        // The void format is what some scientific writers put for plain unsigned numbers.
        var format = (SampleFormat)Tag(TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        bool tiled = tiff.IsTiled();
        int rows = tiled ? Tag(TiffTag.TILELENGTH, 0) : Tag(TiffTag.ROWSPERSTRIP, height);
        var layout = new TiffLayout(
            width,
            height,
            Tag(TiffTag.SAMPLESPERPIXEL, 1),
            Tag(TiffTag.BITSPERSAMPLE, 1),
            format,
            (Photometric)Tag(TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK)
        )
        {
            IsPlanar = Tag(TiffTag.PLANARCONFIG, 1) == (int)PlanarConfig.SEPARATE,
            IsTiled = tiled,
            BlockWidth = tiled ? Tag(TiffTag.TILEWIDTH, 0) : width,
            // 2^32 − 1 rows per strip: the whole image is one strip.
            BlockHeight =
                tiled ? rows
                : rows <= 0 ? height
                : Math.Min(rows, height),
            Compression = (Compression)Tag(TiffTag.COMPRESSION, 1),
            Nodata = ReadNodata(tiff),
            Georeference = GeoKeys.Read(tiff),
        };
        // Then LibTiff gives red, green and blue instead of luminance and colour differences.
        if (layout is { Photometric: Photometric.YCBCR, Compression: Compression.JPEG })
            tiff.SetField(TiffTag.JPEGCOLORMODE, JpegColorMode.RGB);
        return layout;
    }

    private static double? ReadNodata(Tiff tiff) =>
        tiff.GetField((TiffTag)GdalNodata) is { Length: > 0 } field
        && double.TryParse(field[^1].ToString().Trim('\0', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : null;
}
