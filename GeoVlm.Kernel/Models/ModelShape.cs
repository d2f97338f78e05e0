using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Models;

/// <summary>A model's shape without its weights.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Config">The network.</param>
/// <param name="Preprocessor">How its pictures are resized.</param>
public sealed record ModelShape(string Name, Qwen25VlConfig Config, ImagePreprocessor Preprocessor)
{
    private static readonly VisionConfig Tower = new()
    {
        Depth = 32,
        HiddenSize = 1280,
        IntermediateSize = 3420,
        Heads = 16,
        OutHiddenSize = 2048,
        FullAttentionBlocks = [7, 15, 23, 31],
    };
    private static readonly SpecialTokenIds Tokens = new(
        Image: 151655,
        Video: 151656,
        VisionStart: 151652,
        VisionEnd: 151653,
        EndOfText: 151645,
        Padding: 151643
    );
    private static readonly TextConfig Three = new()
    {
        VocabularySize = 151936,
        HiddenSize = 2048,
        IntermediateSize = 11008,
        Layers = 36,
        Heads = 16,
        KeyValueHeads = 2,
        RopeSections = [16, 24, 24],
        TieWordEmbeddings = true,
        MaxPositions = 128000,
    };

    /// <summary>The published sizes of Qwen2.5-VL that fit one machine; planning for them needs no file.</summary>
    public static IReadOnlyList<ModelShape> Published { get; } =
    [
        new("Qwen/Qwen2.5-VL-3B-Instruct", new(Three, Tower, Tokens), new ImagePreprocessor { MaxPixels = 12_845_056 }),
        new(
            "Qwen/Qwen2.5-VL-7B-Instruct",
            new(
                Three with
                {
                    VocabularySize = 152064,
                    HiddenSize = 3584,
                    IntermediateSize = 18944,
                    Layers = 28,
                    Heads = 28,
                    KeyValueHeads = 4,
                    TieWordEmbeddings = false,
                },
                Tower with
                {
                    OutHiddenSize = 3584,
                },
                Tokens
            ),
            new ImagePreprocessor { MaxPixels = 12_845_056 }
        ),
    ];

    /// <summary>The shape of a model: of its folder, where config.json alone is read, or one of <see cref="Published"/>.</summary>
    /// <param name="name">As for <see cref="ModelFolder.Find"/>, or a published name.</param>
    /// <param name="workingFolder">Where relative paths start.</param>
    /// <exception cref="GeoVlmException">There is no such model, or its config is wrong.</exception>
    public static ModelShape Find(string name, string workingFolder)
    {
        string folder;
        try
        {
            folder = ModelFolder.Find(name, workingFolder);
        }
        catch (GeoVlmException) when (Published.FirstOrDefault(s => s.Name == name) is not null)
        {
            return Published.First(s => s.Name == name);
        }
        bool pictures =
            File.Exists(Path.Combine(folder, "preprocessor_config.json")) || File.Exists(Path.Combine(folder, "processor_config.json"));
        return new(name, Qwen25VlConfig.Load(folder), pictures ? ImagePreprocessor.Load(folder) : new ImagePreprocessor());
    }
}
