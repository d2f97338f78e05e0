using System.Globalization;
using BitMiracle.LibTiff.Classic;

namespace GeoVlm.Data.Imagery;

/// <summary>Keeps the first complaint of LibTiff on this thread, which would otherwise go to the console.</summary>
internal sealed class TiffMessages : TiffErrorHandler
{
    [ThreadStatic]
    private static string? first;

    static TiffMessages() => Tiff.SetErrorHandler(new TiffMessages());

    public static string? First => first;

    public static void Start() => first = null;

    public override void ErrorHandler(Tiff tif, string method, string format, params object[] args) =>
        first ??= string.Format(CultureInfo.InvariantCulture, format, args);

    public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args) { }

    public override void WarningHandler(Tiff tif, string method, string format, params object[] args) { }

    public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args) { }
}
