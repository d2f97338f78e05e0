using System.Text;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Models.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>A Qwen2.5-VL model: pictures and tokens in, next-token logits out. Sampling and learning share these functions.</summary>
/// <remarks>
/// Tensors are of the model's <see cref="NumberType"/> on <see cref="Device"/>; norms, rotations and softmax are float32 inside. Every
/// function is differentiable (decoding with a cache excepted), returns a tensor of the caller's dispose scope, leaks nothing, and may run
/// on several threads at once over the same parameters.
/// </remarks>
public sealed class VisionLanguageModel : IDisposable
{
    private readonly ParameterSet parameters;
    private readonly VisionTower vision;
    private readonly LanguageModel language;

    private VisionLanguageModel(Qwen25VlConfig config, ImagePreprocessor preprocessor, ParameterSet parameters, Device device)
    {
        (Config, Preprocessor, Device, this.parameters) = (config, preprocessor, device, parameters);
        MatmulRouting.EnsureChosen();
        vision = new(config.Vision, parameters, device);
        language = new(config.Text, parameters, device);
    }

    /// <summary>The model's shape.</summary>
    public Qwen25VlConfig Config { get; }

    /// <summary>How pictures become patches.</summary>
    public ImagePreprocessor Preprocessor { get; }

    /// <summary>Where the parameters are.</summary>
    public Device Device { get; }

    /// <summary>What numbers the parameters are, and what the forward pass computes in.</summary>
    public ScalarType Type => parameters.All[0].Tensor.dtype;

    /// <summary>The same for those who know no tensors.</summary>
    public NumberType NumberType => Type == ScalarType.BFloat16 ? NumberType.BFloat16 : NumberType.Float32;

    /// <summary>Every parameter under its Hugging Face name; a tied head is the embedding, listed once.</summary>
    public IReadOnlyList<(string Name, Parameter Tensor)> Parameters => parameters.All;

    /// <summary>Number of its own numbers, an adapter's left out.</summary>
    public long ParameterCount => parameters.All.Sum(p => p.Tensor.numel());

    /// <summary>The low-rank adapter that is on the model; null when there is none.</summary>
    public LoraAdapter? Adapter { get; private set; }

    /// <summary>Puts a fresh adapter on the model; its output does not change until the adapter is trained.</summary>
    /// <exception cref="GeoVlmException">No layer matches, or there is an adapter already.</exception>
    public LoraAdapter AddAdapter(LoraConfig config, ulong seed = 1) => Adapter = LoraAdapter.Create(parameters, config, seed);

    /// <summary>Puts the adapter of a folder (adapter_config.json, adapter_model.safetensors) on the model.</summary>
    /// <exception cref="GeoVlmException">It does not fit this model, or there is an adapter already.</exception>
    public LoraAdapter LoadAdapter(string folder) => Adapter = LoraAdapter.Load(parameters, folder);

    /// <summary>Takes the adapter off and frees it; what was merged stays merged.</summary>
    public void DropAdapter()
    {
        Adapter?.Dispose();
        Adapter = null;
    }

    /// <summary>Chooses what takes gradients: an adapter alone where there is one, else the parts of the model.</summary>
    /// <returns>Names and tensors of what is trained.</returns>
    internal IReadOnlyList<(string Name, Parameter Tensor)> Train(TrainedParts parts)
    {
        foreach (var (name, tensor) in parameters.All)
            tensor.requires_grad = Adapter is null && parts.HasFlag(PartOf(name));
        return Adapter?.Parameters ?? [.. parameters.All.Where(p => p.Tensor.requires_grad)];
    }

    /// <summary>Loads a Hugging Face folder: config.json, preprocessor_config.json and model.safetensors, whole or in shards.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where to compute; null is <see cref="TorchRuntime.DefaultDevice"/>.</param>
    /// <param name="type">What to compute in, whatever the files hold.</param>
    /// <exception cref="GeoVlmException">A file is missing or damaged, or a tensor is
    /// missing, unexpected, of another shape or not finite.</exception>
    public static VisionLanguageModel Load(string folder, Device? device = null, NumberType type = NumberType.Float32)
    {
        device ??= TorchRuntime.DefaultDevice;
        Qwen25VlConfig config = Qwen25VlConfig.Load(folder);
        ImagePreprocessor preprocessor = ImagePreprocessor.Load(folder);
        (int, int, int) expected = (config.Vision.PatchSize, config.Vision.TemporalPatchSize, config.Vision.MergeSize),
            found = (preprocessor.PatchSize, preprocessor.TemporalPatchSize, preprocessor.MergeSize);
        if (found != expected)
            throw new GeoVlmException(
                $"{folder}: preprocessor_config.json has the patch, temporal and merge sizes {found}, config.json {expected}; they are not of one model."
            );
        return new(config, preprocessor, ParameterSet.Load(config, folder, device, type.ToTorch()), device);
    }

    /// <summary>A model with random parameters, the same for a seed on every machine.</summary>
    /// <remarks>Normal: embeddings with deviation 0.02, linear layers fan_in^-0.5, those that write to the residual stream half of that;
    /// biases 0, norms 1.</remarks>
    /// <param name="config">Its shape.</param>
    /// <param name="preprocessor">How pictures become patches.</param>
    /// <param name="seed">Seed of the parameters.</param>
    /// <param name="device">Where to compute; null is <see cref="TorchRuntime.DefaultDevice"/>.</param>
    /// <param name="type">What to compute in.</param>
    /// <exception cref="GeoVlmException">The config's numbers do not fit together.</exception>
    public static VisionLanguageModel Create(
        Qwen25VlConfig config,
        ImagePreprocessor preprocessor,
        ulong seed,
        Device? device = null,
        NumberType type = NumberType.Float32
    )
    {
        config.Validate();
        device ??= TorchRuntime.DefaultDevice;
        return new(config, preprocessor, ParameterSet.Create(config, seed, device, type.ToTorch()), device);
    }

    /// <summary>Visual tokens of pictures.</summary>
    /// <param name="pixelValues">[patches, patch length], the visuals one after another, as
    /// <see cref="ImagePreprocessor.Encode"/> makes them.</param>
    /// <param name="grids">Patches of each visual.</param>
    /// <returns>[tokens, hidden]: the visuals in order, each in raster order of its merged patches.</returns>
    public Tensor EncodeVisual(Tensor pixelValues, IReadOnlyList<VisualGrid> grids) => vision.Forward(pixelValues, grids);

    /// <summary>Embeds tokens: int64 [B, T] to [B, T, hidden].</summary>
    public Tensor Embed(Tensor ids) => language.Embed(ids);

    /// <summary>Runs the decoder.</summary>
    /// <param name="embeddings">[B, T, hidden]; placeholders already replaced by visual tokens.</param>
    /// <param name="positions">int64 [3, B or 1, T]: time, height and width, see <see cref="RopeIndex"/>.</param>
    /// <param name="mask">bool [B or 1, 1, T, S], true where the token may attend; null is causal. Every row needs one true. S = cached +
    /// T, where a cache that starts later counts from there.</param>
    /// <param name="cache">Earlier keys and values; the new ones are appended. Only under <c>no_grad</c>.</param>
    /// <param name="afterLayer">Called with the index of each layer and the residual stream [B, T,
    /// hidden] after it, which lives as long as the caller's dispose scope.</param>
    /// <returns>[B, T, hidden] after the final norm.</returns>
    public Tensor Decode(
        Tensor embeddings,
        Tensor positions,
        Tensor? mask = null,
        KeyValueCache? cache = null,
        Action<int, Tensor>? afterLayer = null
    ) => language.Decode(embeddings, positions, mask, cache, afterLayer);

    /// <summary>As <see cref="Decode"/>, of a packed batch.</summary>
    internal Tensor DecodePacked(Tensor embeddings, PackedBatch batch, Action<int, Tensor>? afterLayer = null) =>
        language.Decode(embeddings, batch.Positions, null, null, afterLayer, batch.Attention);

    /// <summary>Something that decodes one token of each sequence at a time, by the fastest means for this model and machine.</summary>
    /// <param name="capacity">Most sequences.</param>
    /// <param name="longestPrompt">Tokens of the longest prompt.</param>
    /// <param name="newTokens">Most tokens after a prompt.</param>
    /// <param name="crowded">Whether sequences wait for a place.</param>
    /// <param name="onHost">False forces libtorch.</param>
    internal IStepDecoder StepDecoder(int capacity, int longestPrompt, int newTokens, bool crowded, bool onHost = true) =>
        !onHost
        || Device.type != DeviceType.CPU
        || !HostKernels.Fit(Config.Text.HiddenSize, Config.Text.IntermediateSize, Config.Text.HeadSize)
            ? new CachedStepDecoder(this, capacity, longestPrompt, newTokens, crowded)
        : Type == ScalarType.BFloat16 ? new HostDecoder<ushort>(language, capacity, longestPrompt, newTokens)
        : new HostDecoder<float>(language, capacity, longestPrompt, newTokens);

    /// <summary>As <see cref="DecodePacked"/>, only of the tokens that predict a scored one: [N, hidden].</summary>
    internal Tensor DecodePredictors(Tensor embeddings, PackedBatch batch) =>
        language.Decode(embeddings, batch.Positions, null, null, null, batch.Attention, batch.Predictors);

    /// <summary>As <see cref="DecodePredictors"/>, keeping only the layers' inputs for the backward pass, which computes each layer
    /// again.</summary>
    internal CheckpointedPass DecodeCheckpointed(Tensor embeddings, PackedBatch batch) =>
        language.DecodeCheckpointed(embeddings, batch.Positions, batch.Attention, batch.Predictors);

    /// <summary>Weight [vocabulary, hidden] of the output head; null where an adapter is at work on it.</summary>
    internal Tensor? PlainHead => language.PlainHead;

    /// <summary>The output head: [..., hidden] to [..., vocabulary].</summary>
    public Tensor Logits(Tensor hidden) => language.Logits(hidden);

    /// <summary>Encodes one visual and shows the residual stream [frames, patches, hidden], patches
    /// in the input's order, before block n and after the last.</summary>
    internal void ObserveVision(Tensor pixelValues, VisualGrid grid, Action<int, Tensor> before)
    {
        using Tensor tokens = vision.Forward(pixelValues, [grid], before);
    }

    /// <summary>Cosines and sines [B, T, 1, head] that the decoder turns queries and keys by, for positions [3, B, T].</summary>
    internal (Tensor Cos, Tensor Sin) RotaryTables(Tensor positions) => language.RotaryTables(positions);

    /// <summary>A deep copy that shares nothing, such as the reference policy.</summary>
    /// <param name="frozen">Whether the copy's parameters take no gradient.</param>
    public VisionLanguageModel Clone(bool frozen)
    {
        VisionLanguageModel copy = new(Config, Preprocessor, parameters.Clone(requiresGrad: !frozen), Device);
        copy.Adapter = Adapter?.CopyTo(copy.parameters);
        return copy;
    }

    /// <summary>Saves config.json, preprocessor_config.json and model.safetensors; each file
    /// appears complete or not at all, the weights last.</summary>
    /// <param name="folder">The folder; made if missing.</param>
    /// <param name="type">Element type of the stored weights; null is the model's own.</param>
    /// <exception cref="GeoVlmException">A file cannot be written.</exception>
    public void Save(string folder, ScalarType? type = null)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{folder}: the folder cannot be made ({e.Message})", e);
        }
        AtomicFile.Write(
            Path.Combine(folder, "config.json"),
            s => s.Write(Encoding.UTF8.GetBytes(Config.ToJson((type ?? Type).ToString().ToLowerInvariant())))
        );
        AtomicFile.Write(Path.Combine(folder, "preprocessor_config.json"), s => s.Write(Encoding.UTF8.GetBytes(Preprocessor.ToJson())));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), parameters.All.Select(p => (p.Name, (Tensor)p.Tensor)), type);
    }

    /// <summary>Frees the parameters and tables.</summary>
    public void Dispose()
    {
        DropAdapter();
        vision.Dispose();
        language.Dispose();
        parameters.Dispose();
    }

    /// <summary>Which part of a model a parameter belongs to.</summary>
    internal static TrainedParts PartOf(string name) =>
        name.StartsWith("visual.merger.", StringComparison.Ordinal) ? TrainedParts.Merger
        : name.StartsWith("visual.", StringComparison.Ordinal) ? TrainedParts.Vision
        : TrainedParts.Language;
}
