using System.Globalization;
using BitMiracle.LibTiff.Classic;

namespace GeoVlm.Data.Imagery;

/// <summary>What the tags of a TIFF directory say: size, samples, and the ground.</summary>
internal sealed record TiffLayout(int Width, int Height, int Bands, int BitsPerSample, SampleFormat Format, Photometric Photometric)
{
    private const int ModelPixelScale = 33550, GeoKeyDirectory = 34735, GdalNodata = 42113;
    private const int ModelTypeKey = 1024, ProjectedTypeKey = 3072, LinearUnitsKey = 3076;

    public bool IsPlanar { get; private init; }

    /// <summary>The value that means "no data"; null where none is named.</summary>
    public double? Nodata { get; private init; }

    /// <summary>From the pixel scale when the coordinate system is projected with metres; Web Mercator is left out, its metres are not ground metres.</summary>
    public double? GroundSampleDistanceMetres { get; private init; }

    public BandRendition Rendition => BandRendition.For(Bands, SampleType == "uint8");

    /// <summary>"uint8", "int16", "float32" and so on.</summary>
    public string SampleType => (Format switch { SampleFormat.IEEEFP => "float", SampleFormat.INT => "int", _ => "uint" })
        + BitsPerSample.ToString(CultureInfo.InvariantCulture);

    /// <summary>True for the kinds that are colour codes rather than samples.</summary>
    public bool IsConvertedByLibTiff => Photometric is Photometric.PALETTE or Photometric.YCBCR or Photometric.SEPARATED
        or Photometric.MINISWHITE or Photometric.CIELAB || BitsPerSample is 1 or 2 or 4;

    public static TiffLayout Of(Tiff tiff)
    {
        int Tag(TiffTag tag, int otherwise) => tiff.GetFieldDefaulted(tag) is { Length: > 0 } value ? value[0].ToInt() : otherwise;
        int width = Tag(TiffTag.IMAGEWIDTH, 0), height = Tag(TiffTag.IMAGELENGTH, 0);
        // The void format is what some scientific writers put for plain unsigned numbers.
        var format = (SampleFormat)Tag(TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        return new TiffLayout(width, height, Tag(TiffTag.SAMPLESPERPIXEL, 1), Tag(TiffTag.BITSPERSAMPLE, 1), format,
            (Photometric)Tag(TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK))
        {
            IsPlanar = Tag(TiffTag.PLANARCONFIG, 1) == (int)PlanarConfig.SEPARATE,
            Nodata = ReadNodata(tiff),
            GroundSampleDistanceMetres = ReadGroundSampleDistance(tiff),
        };
    }

    private static double? ReadNodata(Tiff tiff) =>
        tiff.GetField((TiffTag)GdalNodata) is { Length: > 0 } field
        && double.TryParse(field[^1].ToString().Trim('\0', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static double? ReadGroundSampleDistance(Tiff tiff)
    {
        if (tiff.GetField((TiffTag)ModelPixelScale) is not { Length: > 1 } scaleField
            || tiff.GetField((TiffTag)GeoKeyDirectory) is not { Length: > 1 } keyField) return null;
        var scale = scaleField[1].ToDoubleArray();
        var keys = keyField[1].ToShortArray();
        if (scale is not { Length: >= 2 } || keys is null || Key(ModelTypeKey) != 1 || Key(ProjectedTypeKey) is 3857) return null;
        double metres = Key(LinearUnitsKey) switch { null or 9001 => 1, 9002 => 0.3048, 9003 => 1200.0 / 3937, _ => double.NaN };
        double distance = Math.Sqrt(scale[0] * scale[1]) * metres;
        return double.IsFinite(distance) && distance > 0 ? distance : null;

        // Four numbers each: key, location (0 = the value itself), count, value. The first four are the directory's own header.
        int? Key(int wanted)
        {
            for (int i = 4; i + 3 < keys.Length; i += 4)
                if ((ushort)keys[i] == wanted && keys[i + 1] == 0) return (ushort)keys[i + 3];
            return null;
        }
    }
}
