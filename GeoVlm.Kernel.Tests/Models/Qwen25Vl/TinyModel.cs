using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Tests.Models.Qwen25Vl;

/// <summary>A model small enough to be made and run in milliseconds, with everything the architecture has.</summary>
internal static class TinyModel
{
    public static Qwen25VlConfig Config { get; } =
        new(
            new TextConfig
            {
                VocabularySize = 96,
                HiddenSize = 32,
                IntermediateSize = 48,
                Layers = 2,
                Heads = 4,
                KeyValueHeads = 2,
                RopeSections = [1, 1, 2],
                RopeTheta = 2000,
                TieWordEmbeddings = true,
            },
            new VisionConfig
            {
                Depth = 2,
                HiddenSize = 16,
                IntermediateSize = 24,
                Heads = 2,
                OutHiddenSize = 32,
                FullAttentionBlocks = [1],
                WindowSize = 56,
            },
            new SpecialTokenIds(Image: 90, Video: 91, VisionStart: 92, VisionEnd: 93, EndOfText: 94, Padding: 95)
        );
}
