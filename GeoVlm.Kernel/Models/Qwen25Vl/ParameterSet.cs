using System.Runtime.InteropServices;
using GeoVlm.Data;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>All parameters of one model, by their names in Hugging Face checkpoints.</summary>
internal sealed class ParameterSet : IDisposable
{
    private readonly Dictionary<string, Parameter> byName;
    private readonly Dictionary<string, AdapterSlot> slots = [];

    private ParameterSet(IReadOnlyList<(string Name, Parameter Tensor)> all)
    {
        All = all;
        byName = all.ToDictionary(p => p.Name, p => p.Tensor);
    }

    /// <summary>Names and parameters, in the order of <see cref="ParameterSpec.All"/>.</summary>
    public IReadOnlyList<(string Name, Parameter Tensor)> All { get; }

    public Parameter this[string name] => byName[name];

    /// <summary>Places for adapters, by the name of the linear layer.</summary>
    public IReadOnlyDictionary<string, AdapterSlot> Slots => slots;

    /// <summary>The parameter of that name, or null.</summary>
    public Parameter? TryGet(string name) => byName.GetValueOrDefault(name);

    /// <summary>The place for an adapter on a linear layer; made when the layer is.</summary>
    public AdapterSlot Slot(string layer)
    {
        if (!slots.TryGetValue(layer, out AdapterSlot? slot))
            slots.Add(layer, slot = new AdapterSlot());
        return slot;
    }

    /// <summary>Random parameters, the same for a seed on every machine.</summary>
    public static ParameterSet Create(Qwen25VlConfig config, ulong seed, Device device, ScalarType type)
    {
        IReadOnlyList<ParameterSpec> specs = ParameterSpec.All(config);
        var parameters = new Parameter[specs.Count];
        // One parameter at a time a core: a large model's numbers are never there twice.
        System.Threading.Tasks.Parallel.For(
            0,
            specs.Count,
            i =>
            {
                using DisposeScope scope = NewDisposeScope();
                parameters[i] = Own(StartingValues(specs[i], seed).to(type, device), requiresGrad: true);
            }
        );
        return new([.. specs.Select((s, i) => (s.Name, parameters[i]))]);
    }

    /// <summary>Parameters read from a checkpoint, tensor by tensor, so that no more than one is there in two types.</summary>
    /// <exception cref="GeoVlmException">A tensor is missing, unexpected, of another shape, or not finite.</exception>
    public static ParameterSet Load(Qwen25VlConfig config, string folder, Device device, ScalarType type)
    {
        using SafetensorsShards shards = SafetensorsShards.Open(folder);
        // transformers from 4.52 on may write model.language_model.* and model.visual.*; the Hub's names are the older ones.
        Dictionary<string, string> stored = [];
        foreach (string name in shards.Names)
            if (!stored.TryAdd(name.Replace("model.language_model.", "model.").Replace("model.visual.", "visual."), name))
                throw new GeoVlmException(
                    $"{folder}: tensor '{name}' is there twice, under an older and a newer name; the checkpoint is damaged."
                );
        List<(string Name, Parameter Tensor)> all = [];
        try
        {
            foreach (ParameterSpec spec in ParameterSpec.All(config))
                all.Add((spec.Name, Read(shards, stored, spec, folder, device, type)));
            if (config.Text.TieWordEmbeddings && stored.Remove("lm_head.weight", out string? head))
                CheckTied(shards, head, all, folder, type);
            if (stored.Count > 0)
                throw new GeoVlmException(
                    $"{folder}: unexpected tensor '{stored.Values.First()}' ({stored.Count} in all); config.json describes a model without it."
                );
            return new(all);
        }
        catch (Exception e)
        {
            foreach ((_, Parameter tensor) in all)
                tensor.Dispose();
            if (e is not ExternalException)
                throw;
            // libtorch's own words go over many lines; the first says what happened.
            throw new GeoVlmException(
                $"{folder}: the weights cannot be put on {device} ({e.Message.Split('\n')[0]}); `model plan` says how much memory they need.",
                e
            );
        }
    }

    /// <summary>A deep copy.</summary>
    public ParameterSet Clone(bool requiresGrad)
    {
        using DisposeScope scope = NewDisposeScope();
        return new([.. All.Select(p => (p.Name, Own(p.Tensor.detach().clone(), requiresGrad)))]);
    }

    public void Dispose()
    {
        foreach ((_, Parameter tensor) in All)
            tensor.Dispose();
    }

    /// <summary>Wraps a tensor as a parameter that no dispose scope owns.</summary>
    private static Parameter Own(Tensor tensor, bool requiresGrad) =>
        (Parameter)new Parameter(tensor, requiresGrad).DetachFromDisposeScope();

    private static Parameter Read(
        SafetensorsShards shards,
        Dictionary<string, string> stored,
        ParameterSpec spec,
        string folder,
        Device device,
        ScalarType type
    )
    {
        if (!stored.Remove(spec.Name, out string? name))
            throw new GeoVlmException($"{folder}: tensor '{spec.Name}' is missing, expected [{string.Join(", ", spec.Shape)}].");
        (SafetensorsFile file, SafetensorsEntry entry) = shards.Find(name);
        if (!entry.Shape.SequenceEqual(spec.Shape))
            throw new GeoVlmException(
                $"{file.Path}: tensor '{name}' has the shape [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", spec.Shape)}] from config.json."
            );
        if (entry.Type is not ("F32" or "BF16" or "F16" or "F64"))
            throw new GeoVlmException(
                $"{file.Path}: tensor '{name}' is {entry.Type}, expected BF16, F16 or F32; quantised weights cannot be loaded."
            );
        using DisposeScope scope = NewDisposeScope();
        Tensor tensor = file.Read(name, type, device);
        if (!tensor.isfinite().all().item<bool>())
            throw new GeoVlmException(
                $"{file.Path}: tensor '{name}' has values that are not finite (NaN or infinity); the checkpoint is damaged."
            );
        return Own(tensor, requiresGrad: true);
    }

    private static void CheckTied(
        SafetensorsShards shards,
        string head,
        List<(string Name, Parameter Tensor)> all,
        string folder,
        ScalarType type
    )
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = all.Single(p => p.Name == "model.embed_tokens.weight").Tensor.cpu();
        if (!shards.Read(head, type).eq(embedding).all().item<bool>())
            throw new GeoVlmException(
                $"{folder}: config.json says tie_word_embeddings, but 'lm_head.weight' differs from 'model.embed_tokens.weight'."
            );
    }

    /// <summary>Written where libtorch keeps them: an array of their own would be there a second time until it is collected.</summary>
    private static Tensor StartingValues(ParameterSpec spec, ulong seed)
    {
        if (spec.Start == Start.Zero)
            return zeros(spec.Shape);
        Tensor values = ones(spec.Shape);
        if (spec.Start == Start.One)
            return values;
        double fanIn = spec.Shape.Skip(1).Aggregate(1L, (a, b) => a * b);
        double deviation = spec.Start switch
        {
            Start.Embedding => 0.02,
            Start.Residual => 0.5 / Math.Sqrt(fanIn),
            _ => 1 / Math.Sqrt(fanIn),
        };
        SeededRandom random = new(Seed.Derive(seed, spec.Name));
        using Tensor flat = values.view(-1);
        for (long from = 0, count; from < flat.numel(); from += count)
        {
            count = Math.Min(SafetensorsFile.Piece, flat.numel() - from);
            using Tensor piece = flat.narrow(0, from, count);
            foreach (ref float value in MemoryMarshal.Cast<byte, float>(piece.bytes))
                value = (float)random.Normal(0, deviation);
        }
        return values;
    }
}
