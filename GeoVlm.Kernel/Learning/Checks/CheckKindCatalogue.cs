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
        new ChatTemplateCheck(),
        new SmartResizeCheck(),
        new PixelValuesCheck(),
        new RopeIndexCheck(),
        new VisionCheck(),
        new PrefillLogitsCheck(),
        new DecodeLogitsCheck(),
        new GreedyCheck(),
        new SamplingFiltersCheck(),
        new LogpsCheck(),
        new SftGradientsCheck(),
        new GrpoGradientsCheck(),
        new LoraCheck(),
        new SftLossesCheck(),
        new GrpoLossesCheck(),
        new AdvantagesCheck(),
        new KlCheck(),
        new AdamWCheck(),
        new SchedulesCheck(),
        new EndToEndCheck(),
    ];
}
