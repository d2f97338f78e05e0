using GeoVlm.Data.Prompts;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Native;
using GeoVlm.Models.Tokens;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>What is trained: the model with its tokenizer and chat template, loaded from one folder in Hugging Face layout.</summary>
public sealed class Policy : IDisposable
{
    private readonly bool adapterOff;

    private Policy(
        string name,
        VisionLanguageModel model,
        TextTokenizer tokenizer,
        ChatTemplate template,
        PromptEncoder encoder,
        string folder,
        bool adapterOff = false
    )
    {
        this.adapterOff = adapterOff;
        (Name, Model, Tokenizer, Template, Encoder, Folder) = (name, model, tokenizer, template, encoder, folder);
        Generation = GenerationConfig.Load(folder, model.Config);
        StopTokens =
        [
            .. new[] { "<|im_end|>", "<|endoftext|>" }
                .Where(t => tokenizer.TryIdOf(t, out _))
                .Select(tokenizer.IdOf)
                .Union(Generation.EndTokens),
        ];
        Banned = new BannedTokens(tokenizer, model.Config.Text.VocabularySize, model.Device);
    }

    /// <summary>What messages and runs call it.</summary>
    public string Name { get; }

    /// <summary>Where it computes: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public string DeviceName => Model.Device.ToString();

    /// <summary>The network.</summary>
    public VisionLanguageModel Model { get; }

    /// <summary>Text to tokens and back.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>Turns into text.</summary>
    public ChatTemplate Template { get; }

    /// <summary>Prompts into tokens, positions and patches.</summary>
    public PromptEncoder Encoder { get; }

    /// <summary>Tokens that end a completion.</summary>
    public IReadOnlyList<int> StopTokens { get; }

    /// <summary>Tokens that are never sampled.</summary>
    internal BannedTokens Banned { get; }

    /// <summary>What its folder says about sampling: <c>generation_config.json</c>.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>The folder it was loaded from; its tokenizer files are copied when it is saved elsewhere.</summary>
    public string Folder { get; }

    /// <summary>Loads a folder in Hugging Face layout.</summary>
    /// <param name="folder">config.json, *.safetensors, tokenizer, preprocessor_config.json;
    /// or a PEFT adapter, whose base model is then loaded too.</param>
    /// <param name="device">Where to put it; the best there is when null.</param>
    /// <param name="type">What to compute in, whatever the files hold.</param>
    /// <exception cref="GeoVlmException">Something is missing or does not fit; the message names file and tensor.</exception>
    public static Policy Load(string folder, Device? device = null, NumberType type = NumberType.Float32)
    {
        if (!Directory.Exists(folder))
            throw new GeoVlmException(
                $"no model folder at {folder}: it must hold config.json, model.safetensors, the tokenizer and preprocessor_config.json"
            );
        if (!File.Exists(Path.Combine(folder, "config.json")) && File.Exists(Path.Combine(folder, LoraConfigJson.FileName)))
            return LoadAdapted(folder, device, type);
        var tokenizer = TextTokenizer.Load(folder);
        return Of(
            new DirectoryInfo(folder).Name,
            VisionLanguageModel.Load(folder, device, type),
            tokenizer,
            ChatTemplate.Load(folder),
            ModelOptions.Load(folder),
            folder
        );
    }

    /// <summary>As <see cref="Load"/>, on a device by its name.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">cpu, cuda or cuda:number; the best there is when null.</param>
    /// <param name="type">What to compute in.</param>
    /// <exception cref="GeoVlmException">As of <see cref="Load"/>, or there is no such device.</exception>
    public static Policy LoadOn(string folder, string? device, NumberType type = NumberType.Float32) =>
        Load(folder, device is null ? null : TorchRuntime.DeviceOf(device, "the device"), type);

    /// <summary>Puts a policy together from its parts; it owns the model from now on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="model">The network.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="template">Its chat template.</param>
    /// <param name="options">What GeoVlm alone needs to know of it.</param>
    /// <param name="folder">Where its tokenizer files lie.</param>
    public static Policy Of(
        string name,
        VisionLanguageModel model,
        TextTokenizer tokenizer,
        ChatTemplate template,
        ModelOptions options,
        string folder
    )
    {
        if (tokenizer.VocabularySize > model.Config.Text.VocabularySize)
            throw new GeoVlmException(
                $"{folder}: the tokenizer has {tokenizer.VocabularySize} tokens, the model's embedding only {model.Config.Text.VocabularySize}; they are not of one model"
            );
        foreach (var (token, id) in new[] { ("<|image_pad|>", model.Config.Tokens.Image), ("<|video_pad|>", model.Config.Tokens.Video) })
            if (tokenizer.IdOf(token) != id)
                throw new GeoVlmException(
                    $"{folder}: {token} is token {tokenizer.IdOf(token)} of the tokenizer and {id} in config.json; they are not of one model"
                );
        return new Policy(name, model, tokenizer, template, new PromptEncoder(model, tokenizer, template, options), folder);
    }

    /// <summary>An independent copy: the reference policy, "before" in a comparison, or the start of another run. Its weights take no
    /// gradient until a trainer asks for it.</summary>
    /// <param name="name">What to call it; the same name when null.</param>
    public Policy Copy(string? name = null)
    {
        var copy = Model.Clone(frozen: true);
        return new(name ?? Name, copy, Tokenizer, Template, new PromptEncoder(copy, Tokenizer, Template, Encoder.Options), Folder);
    }

    /// <summary>Takes over the weights of another policy of the same model, such as the best of a run.</summary>
    /// <param name="other">A copy made by <see cref="Copy"/>.</param>
    public void CopyWeightsFrom(Policy other)
    {
        using var noGrad = no_grad();
        foreach (var (here, there) in Parameters.Zip(other.Parameters))
            here.Tensor.copy_(there.Tensor);
    }

    /// <summary>Puts a fresh low-rank adapter on the model: from now on it alone is trained and saved.</summary>
    /// <param name="config">Rank, layers and scale.</param>
    /// <param name="seed">Seed of its random half.</param>
    /// <exception cref="GeoVlmException">No layer matches, or there is an adapter already.</exception>
    public LoraAdapter AddAdapter(LoraConfig config, ulong seed = 1) => Model.AddAdapter(config, seed);

    /// <summary>This policy without its adapter, over the same weights: the reference policy at
    /// no cost. Disposing of it frees nothing of the model.</summary>
    /// <exception cref="GeoVlmException">There is no adapter, or it is merged into the weights.</exception>
    public Policy WithoutAdapter() =>
        Model.Adapter is { Merged: false }
            ? new(Name + " without adapter", Model, Tokenizer, Template, Encoder, Folder, adapterOff: true)
            : throw new GeoVlmException(
                $"{Name} has no adapter to leave out{(Model.Adapter is null ? "" : ": it is merged into the weights")}; copy the policy instead."
            );

    /// <summary>What training changes and <see cref="Save"/> writes, by its name in the file: the
    /// adapter's parameters where there is one, else the model's.</summary>
    public IReadOnlyList<(string Name, Parameter Tensor)> Parameters => Model.Adapter?.Parameters ?? Model.Parameters;

    /// <summary>Writes a folder that <see cref="Load"/> and Python read: the model, or
    /// where there is an adapter only that, in PEFT's layout.</summary>
    /// <param name="folder">Where to; made when it does not exist.</param>
    /// <param name="type">Type of the weights in the file; as they are when null.</param>
    public void Save(string folder, ScalarType? type = null)
    {
        Directory.CreateDirectory(folder);
        if (Model.Adapter is { } adapter)
            adapter.Save(folder, Path.GetFullPath(Folder));
        else
            Model.Save(folder, type);
        Encoder.Options.Save(folder);
        TokenizerFiles.Copy(Folder, folder);
    }

    /// <summary>Sees to it that this policy has an adapter of the same kind as
    /// another, or none: it is loaded where it is missing.</summary>
    /// <param name="other">The policy to be like.</param>
    /// <param name="folder">Where an adapter of that kind lies.</param>
    /// <exception cref="GeoVlmException">There is an adapter of another kind.</exception>
    internal void MatchAdapter(Policy other, string folder)
    {
        if (other.Model.Adapter is not null && Model.Adapter is null)
            Model.LoadAdapter(folder);
        else if (other.Model.Adapter?.Config.Describe() != Model.Adapter?.Config.Describe())
            throw new GeoVlmException(
                $"{Name} has {Describe(this)}, {folder} needs {Describe(other)}; load the policy anew without adapter."
            );

        static string Describe(Policy policy) =>
            policy.Model.Adapter is { } adapter ? $"an adapter of {adapter.Config.Describe()}" : "no adapter";
    }

    /// <summary>The file of the weights that <see cref="Save"/> writes.</summary>
    internal string WeightsFile => Model.Adapter is null ? "model.safetensors" : LoraAdapter.WeightsFile;

    /// <summary>Writes the whole model with its adapter merged into the weights; the policy itself is as before.</summary>
    /// <param name="folder">Where to; made when it does not exist.</param>
    /// <param name="type">Type of the weights in the file; as they are when null.</param>
    /// <exception cref="GeoVlmException">There is no adapter, or a file cannot be written.</exception>
    public void SaveMerged(string folder, ScalarType? type = null)
    {
        var adapter = Model.Adapter ?? throw new GeoVlmException($"{Name} has no adapter to merge; save it as it is.");
        bool merged = adapter.Merged;
        adapter.Merge();
        try
        {
            Model.Save(folder, type);
            Encoder.Options.Save(folder);
            TokenizerFiles.Copy(Folder, folder);
        }
        finally
        {
            if (!merged)
                adapter.Unmerge();
        }
    }

    /// <summary>The prompt of a sample with this text, ready for the model.</summary>
    public EncodedPrompt Encode(Prompt prompt) => Encoder.Encode(prompt);

    /// <inheritdoc/>
    public void Dispose()
    {
        Banned.Dispose();
        if (!adapterOff)
            Model.Dispose();
    }

    /// <summary>What this policy computes on this thread until the result is disposed: with its
    /// adapter, or without where it is <see cref="WithoutAdapter"/>.</summary>
    internal IDisposable? Computing() => adapterOff ? LoraAdapter.Off() : null;

    /// <summary>Token embeddings with the visuals' embeddings put in their places.</summary>
    /// <param name="ids_BT">int64 [B, T].</param>
    /// <param name="prompts">The B prompts at the start of the rows.</param>
    internal Tensor InputEmbeddings(Tensor ids_BT, IReadOnlyList<EncodedPrompt> prompts)
    {
        var embeddings_BTD = Model.Embed(ids_BT);
        if (prompts.All(p => p.Grids.Count == 0))
            return embeddings_BTD;
        int width = (int)ids_BT.size(1);
        var places = new List<long>();
        for (int row = 0; row < prompts.Count; row++)
        for (int t = 0; t < prompts[row].TokenIds.Length; t++)
            if (Encoder.IsVisual(prompts[row].TokenIds[t]))
                places.Add((long)row * width + t);
        int patchLength = Model.Config.Vision.PatchLength;
        var pixels = cat(
            [.. prompts.Where(p => p.Grids.Count > 0).Select(p => tensor(p.PixelValues, p.PixelValues.Length / patchLength, patchLength))],
            0
        );
        var visual_MD = Model.EncodeVisual(pixels.Upload(Model.Device), [.. prompts.SelectMany(p => p.Grids)]);
        var flat = embeddings_BTD.reshape(-1, embeddings_BTD.size(-1));
        return flat.index_copy(0, tensor(places.ToArray()).Upload(Model.Device), visual_MD).reshape(embeddings_BTD.shape);
    }

    /// <summary>Log-probabilities over the vocabulary, tempered, visual tokens and ids past the tokenizer's end ruled out.</summary>
    /// <param name="hidden_ND">[N, d] final hidden states.</param>
    /// <param name="temperature">Above 0.</param>
    internal Tensor NextTokenLogProbs(Tensor hidden_ND, double temperature)
    {
        // Each of these is as large as the result: none stays until the caller's scope ends.
        using var raw = Model.Logits(hidden_ND);
        using var wide = raw.to(ScalarType.Float32);
        using var allowed = wide + Banned.Bias_V;
        using var tempered = temperature == 1 ? null : allowed / temperature;
        return nn.functional.log_softmax(tempered ?? allowed, -1);
    }

    private static Policy LoadAdapted(string folder, Device? device, NumberType type)
    {
        string path = Path.Combine(folder, LoraConfigJson.FileName);
        string named =
            LoraConfigJson.Read(folder).BaseModel
            ?? throw new GeoVlmException($"{path}: 'base_model_name_or_path' is missing; load the base model, then this as its adapter.");
        // A folder beside the adapter, a folder from here, or a name.
        string beside = Path.GetFullPath(named, Path.GetFullPath(folder));
        string baseFolder = Directory.Exists(beside) ? beside : ModelFolder.Find(named, Environment.CurrentDirectory);
        var policy = Load(baseFolder, device, type);
        try
        {
            policy.Model.LoadAdapter(folder);
            return policy;
        }
        catch
        {
            policy.Dispose();
            throw;
        }
    }
}
