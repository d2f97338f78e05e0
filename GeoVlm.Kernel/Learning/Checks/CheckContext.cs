using System.Text.Json.Nodes;
using GeoVlm.Models;
using GeoVlm.Models.Tokens;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>What the cases of a folder share: its models, loaded once, and its images.</summary>
internal sealed class CheckContext : IDisposable
{
    private readonly JsonNode? images;
    private readonly Device device;
    private readonly NumberType? type;
    private readonly Dictionary<(string Folder, NumberType Type), VisionLanguageModel> models = [];
    private readonly Dictionary<(string Vocabulary, string Merges, string Added), TextTokenizer> tokenizers = [];

    /// <summary>Opens a folder of checks.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="images">The <c>images</c> of its checks.json.</param>
    /// <param name="device">Where models compute.</param>
    /// <param name="type">What models compute in; null is what each case says.</param>
    public CheckContext(string folder, JsonNode? images, Device device, NumberType? type) =>
        (Reader, this.images, this.device, this.type) = (new ReferenceReader(folder), images, device, type);

    /// <summary>Reads what the checks refer to.</summary>
    public ReferenceReader Reader { get; }

    /// <summary>The folder of a case's model.</summary>
    public string ModelFolder(CheckCase @case) =>
        Reader.Path(@case.Model ?? throw new GeoVlmException($"checks.json: case '{@case.Name}' names no model."));

    /// <summary>The model of a case, in its type; owned by this. A kind that changes it must put it back.</summary>
    public VisionLanguageModel Model(CheckCase @case)
    {
        var key = (ModelFolder(@case), type ?? NumberTypeNames.Parse(@case.Type));
        if (!models.TryGetValue(key, out VisionLanguageModel? model))
            models.Add(key, model = VisionLanguageModel.Load(key.Item1, device, key.Item2));
        return model;
    }

    /// <summary>Whether the case's model computes in fewer digits than its reference did.</summary>
    public bool IsCoarser(CheckCase @case) =>
        @case.Model is not null && type == NumberType.BFloat16 && NumberTypeNames.Parse(@case.Type) != NumberType.BFloat16;

    /// <summary>The tokenizer of a case: its files <c>vocab</c>, <c>merges</c> and <c>added_tokens</c>.</summary>
    public TextTokenizer Tokenizer(CheckCase @case)
    {
        var key = (@case.File("vocab"), @case.File("merges"), @case.File("added_tokens"));
        if (!tokenizers.TryGetValue(key, out TextTokenizer? tokenizer))
            tokenizers.Add(key, tokenizer = new TextTokenizer(TokenizerFiles.Read(key.Item1, key.Item2, key.Item3)));
        return tokenizer;
    }

    /// <summary>The file of an image.</summary>
    public string ImageFile(string name) =>
        Reader.Path(Image(name)["file"]?.GetValue<string>() ?? throw new GeoVlmException($"checks.json: image '{name}' has no file."));

    /// <summary>The reference's patches [patches, patch length] of images in order, with their grids; null where a case has none.</summary>
    public (Tensor PixelValues, IReadOnlyList<VisualGrid> Grids)? Visuals(CheckCase @case)
    {
        if (@case.Images.Count == 0)
            return null;
        Tensor pixels = cat([.. @case.Images.Select(name => Reader.Tensor(Image(name)["pixel_values"]))]);
        return (pixels.to(device), [.. @case.Images.SelectMany(name => Grids(Reader.Value(Image(name)["grid_thw"])))]);
    }

    /// <summary>Rows of (frames, height, width) as grids.</summary>
    public static IEnumerable<VisualGrid> Grids(CheckValue thw) =>
        thw.Numbers.Chunk(3).Select(g => new VisualGrid((int)g[0], (int)g[1], (int)g[2]));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (VisionLanguageModel model in models.Values)
            model.Dispose();
        Reader.Dispose();
    }

    private JsonNode Image(string name) =>
        images?[name] ?? throw new GeoVlmException($"checks.json: there is no image '{name}' among its images.");
}
