using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>The font of every picture, taken from a package so that text is drawn where no system font is installed.</summary>
/// <remarks>
/// Skia draws nothing, and says nothing, when it finds no font. The font (Inter, SIL Open Font License) lies in the resources of
/// Avalonia.Fonts.Inter.dll, which the build embeds here; only that resource is read, Avalonia itself is never loaded.
/// </remarks>
public static class Typeface
{
    private const string Assembly = "Avalonia.Fonts.Inter.dll",
        Bundle = "!AvaloniaResources";
    private static readonly Lazy<SKTypeface> regular = new(() => Load("Inter-Regular.ttf")),
        bold = new(() => Load("Inter-SemiBold.ttf"));

    /// <summary>Inter, regular weight.</summary>
    public static SKTypeface Regular => regular.Value;

    /// <summary>Inter, semi-bold.</summary>
    public static SKTypeface Bold => bold.Value;

    /// <summary>A font of this size in pixels; the caller disposes it.</summary>
    internal static SKFont Font(float size, bool isBold = false) =>
        new(isBold ? Bold : Regular, size)
        {
            Edging = SKFontEdging.Antialias,
            Hinting = SKFontHinting.Slight,
            Subpixel = true,
        };

    private static SKTypeface Load(string fileName)
    {
        using var stream =
            typeof(Typeface).Assembly.GetManifestResourceStream(Assembly)
            ?? throw new InvalidOperationException($"{Assembly} is not embedded in {typeof(Typeface).Assembly.GetName().Name}.");
        using var portable = new PEReader(stream);
        byte[] font = Extract(ReadBundle(portable), fileName);
        return SKTypeface.FromStream(new MemoryStream(font))
            ?? throw new InvalidOperationException($"{fileName} is not a font that Skia reads.");
    }

    private static byte[] ReadBundle(PEReader portable)
    {
        var metadata = portable.GetMetadataReader();
        foreach (var handle in metadata.ManifestResources)
        {
            var resource = metadata.GetManifestResource(handle);
            if (metadata.GetString(resource.Name) != Bundle)
                continue;
            int start = portable.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress + (int)resource.Offset;
            var reader = portable.GetSectionData(start).GetReader();
            return reader.ReadBytes(reader.ReadInt32());
        }
        throw new InvalidOperationException($"{Assembly} has no resource {Bundle}.");
    }

    // The bundle: length of the index, then the index (version, count, and per file: path, offset, size), then the files.
    private static byte[] Extract(byte[] bundle, string fileName)
    {
        using var reader = new BinaryReader(new MemoryStream(bundle));
        int filesStart = 4 + reader.ReadInt32();
        _ = reader.ReadInt32();
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            string path = reader.ReadString();
            int offset = reader.ReadInt32(),
                size = reader.ReadInt32();
            if (path.EndsWith('/' + fileName, StringComparison.Ordinal))
                return bundle.AsSpan(filesStart + offset, size).ToArray();
        }
        throw new InvalidOperationException($"{Bundle} has no {fileName}.");
    }
}
