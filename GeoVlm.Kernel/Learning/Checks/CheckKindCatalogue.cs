using GeoVlm.Learning.Checks.Kinds;

namespace GeoVlm.Learning.Checks;

/// <summary>Every kind of check, in the order in which a model's numbers come about.</summary>
internal static class CheckKindCatalogue
{
    /// <summary>The kinds.</summary>
    public static IReadOnlyList<ICheckKind> All { get; } =
    [
        new SafetensorsFilesCheck(),
        new TokenizerEncodeCheck(),
        new TokenizerDecodeCheck(),
        new SmartResizeCheck(),
        new PixelValuesCheck(),
        new RopeIndexCheck(),
        new PrefillLogitsCheck(),
    ];
}
