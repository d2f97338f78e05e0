using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Learning.Speed;

/// <summary>The shape of a model whose speed is measured.</summary>
/// <param name="Text">The decoder.</param>
/// <param name="Vision">The vision tower.</param>
internal sealed record SpeedShape(TextConfig Text, VisionConfig Vision)
{
    /// <summary>82 million parameters: what a CPU trains in seconds, and what the reference is measured on.</summary>
    public static SpeedShape Small { get; } =
        new(
            new TextConfig
            {
                VocabularySize = 32768,
                HiddenSize = 512,
                IntermediateSize = 1536,
                Layers = 8,
                Heads = 8,
                KeyValueHeads = 2,
                RopeSections = [8, 12, 12],
                TieWordEmbeddings = false,
                MaxPositions = 4096,
            },
            new VisionConfig
            {
                Depth = 6,
                HiddenSize = 512,
                IntermediateSize = 1368,
                Heads = 8,
                OutHiddenSize = 512,
                FullAttentionBlocks = [2, 5],
            }
        );

    /// <summary>The shape of Qwen2.5-VL-3B-Instruct.</summary>
    public static SpeedShape ThreeBillion { get; } = new(ModelShape.Published[0].Config.Text, ModelShape.Published[0].Config.Vision);
}
