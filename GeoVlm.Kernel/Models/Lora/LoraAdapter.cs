using System.Text;
using GeoVlm.Data;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Models.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GeoVlm.Models.Lora;

/// <summary>A low-rank adapter on a model, read and written as PEFT does.</summary>
/// <remarks>
/// The model's own weights stay as they are: with the adapter off, the model is its own reference policy. Keys of the file are PEFT's:
/// <c>base_model.model.model.language_model.layers.0.self_attn.q_proj.lora_A.weight</c>; those of older transformers, without
/// <c>language_model</c>, are read too.
/// </remarks>
public sealed class LoraAdapter : IDisposable
{
    /// <summary>The weights' file.</summary>
    public const string WeightsFile = "adapter_model.safetensors";

    private readonly ParameterSet model;
    private readonly (string Module, AdapterSlot Slot, LowRank Weights)[] parts;
    private Dictionary<string, Tensor>? before; // weights and biases as they were, while merged

    private LoraAdapter(ParameterSet model, LoraConfig config, (string Module, AdapterSlot Slot, LowRank Weights)[] parts)
    {
        (this.model, Config, this.parts) = (model, config, parts);
        Parameters =
        [
            .. parts
                .SelectMany(p =>
                    new (string, Parameter?)[]
                    {
                        ($"{PeftNames.Prefix}{p.Module}.lora_A.weight", p.Weights.A),
                        ($"{PeftNames.Prefix}{p.Module}.lora_B.weight", p.Weights.B),
                        ($"{PeftNames.Prefix}{p.Module}.base_layer.bias", p.Weights.Bias),
                    }
                )
                .Where(p => p.Item2 is not null)
                .Select(p => (p.Item1, p.Item2!)),
        ];
        Attach(true);
    }

    /// <summary>How it was made.</summary>
    public LoraConfig Config { get; }

    /// <summary>Its parameters under the names they are saved by.</summary>
    public IReadOnlyList<(string Name, Parameter Tensor)> Parameters { get; }

    /// <summary>How many numbers are trained.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Tensor.numel());

    /// <summary>The layers it sits in, as PEFT names them.</summary>
    public IReadOnlyList<string> Modules => [.. parts.Select(p => p.Module)];

    /// <summary>Whether its product is added to the model's weights at the moment.</summary>
    public bool Merged => before is not null;

    /// <summary>Computes without any adapter on this thread until disposed: the reference policy.</summary>
    public static IDisposable Off() => LowRank.Off();

    /// <summary>Puts a fresh adapter on a model: A random as PEFT draws it (uniform,
    /// ±1/√input), B zero, so that nothing changes yet.</summary>
    /// <exception cref="GeoVlmException">No layer matches the targets, or the model has an adapter already.</exception>
    internal static LoraAdapter Create(ParameterSet model, LoraConfig config, ulong seed)
    {
        config.Validate();
        return new(
            model,
            config,
            [
                .. Matching(model, config, "LoRA")
                    .Select(m =>
                    {
                        (long output, long input) = (m.Weight.size(0), m.Weight.size(1));
                        SeededRandom random = new(Seed.Derive(seed, "lora", m.Module));
                        float[] a = new float[config.Rank * input];
                        double bound = 1 / Math.Sqrt(input);
                        for (int i = 0; i < a.Length; i++)
                            a[i] = (float)((2 * random.NextDouble() - 1) * bound);
                        using var scope = NewDisposeScope();
                        return Part(m, config, tensor(a, config.Rank, input), zeros(output, config.Rank), m.Bias);
                    }),
            ]
        );
    }

    /// <summary>Puts the adapter of a folder on a model.</summary>
    /// <exception cref="GeoVlmException">A file is missing or damaged, a tensor is missing,
    /// unexpected or of another shape; the message names it.</exception>
    internal static LoraAdapter Load(ParameterSet model, string folder)
    {
        (LoraConfig config, _) = LoraConfigJson.Read(folder);
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Dictionary<string, string> stored = [];
        foreach (string name in file.Entries.Keys)
            if (!stored.TryAdd(PeftNames.Current(name), name))
                throw new GeoVlmException($"{path}: tensor '{name}' is there twice, under an older and a newer name.");
        using var scope = NewDisposeScope();
        Tensor Read(string key, long rows, long? columns)
        {
            if (!stored.Remove(PeftNames.Prefix + key, out string? name))
                throw new GeoVlmException(
                    $"{path}: tensor '{PeftNames.Prefix}{key}' is missing; {LoraConfigJson.FileName} says that it belongs to the adapter."
                );
            long[] expected = columns is { } c ? [rows, c] : [rows];
            if (!file.Entries[name].Shape.SequenceEqual(expected))
                throw new GeoVlmException(
                    $"{path}: tensor '{name}' has the shape [{string.Join(", ", file.Entries[name].Shape)}], expected [{string.Join(", ", expected)}]."
                );
            Tensor tensor = file.Read(name, ScalarType.Float32);
            return tensor.isfinite().all().item<bool>()
                ? tensor
                : throw new GeoVlmException($"{path}: tensor '{name}' has values that are not finite (NaN or infinity).");
        }
        var parts = Matching(model, config, folder)
            .Select(m =>
                Part(
                    m,
                    config,
                    Read($"{m.Module}.lora_A.weight", config.Rank, m.Weight.size(1)),
                    Read($"{m.Module}.lora_B.weight", m.Weight.size(0), config.Rank),
                    // PEFT trains these but leaves them out of the file.
                    m.Bias
                        is not null
                    && stored.ContainsKey($"{PeftNames.Prefix}{m.Module}.base_layer.bias")
                        ? Read($"{m.Module}.base_layer.bias", m.Weight.size(0), null)
                        : m.Bias
                )
            )
            .ToArray();
        if (stored.Count > 0)
        {
            foreach (var (_, _, weights) in parts)
                weights.Dispose();
            throw new GeoVlmException(
                $"{path}: unexpected tensor '{stored.Values.First()}' ({stored.Count} in all); {LoraConfigJson.FileName} or the model has no place for it."
            );
        }
        return new(model, config, parts);
    }

    /// <summary>Writes the two files that PEFT reads; each appears complete or not at all, the weights last.</summary>
    /// <param name="folder">Where to; made when it does not exist.</param>
    /// <param name="baseModel">Name or folder of the model it belongs to.</param>
    public void Save(string folder, string baseModel)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(
            Path.Combine(folder, LoraConfigJson.FileName),
            s => s.Write(Encoding.UTF8.GetBytes(LoraConfigJson.Write(Config, baseModel)))
        );
        SafetensorsWriter.Write(Path.Combine(folder, WeightsFile), Parameters.Select(p => (p.Name, (Tensor)p.Tensor)));
    }

    /// <summary>Adds the adapter to the model's weights, for speed or to save a model that needs no
    /// adapter. <see cref="Unmerge"/> restores them bit for bit.</summary>
    public void Merge()
    {
        if (Merged)
            return;
        using var noGrad = no_grad();
        before = [];
        foreach (var (module, _, weights) in parts)
        {
            string name = PeftNames.ToHub(module);
            Keep($"{name}.weight");
            using Tensor delta = weights.Delta();
            using Tensor cast = delta.to(model[$"{name}.weight"].dtype);
            model[$"{name}.weight"].add_(cast);
            if (weights.Bias is null)
                continue;
            Keep($"{name}.bias");
            model[$"{name}.bias"].copy_(weights.Bias);
        }
        Attach(false);

        void Keep(string name) => before[name] = model[name].detach().clone().DetachFromDisposeScope();
    }

    /// <summary>Undoes <see cref="Merge"/>.</summary>
    public void Unmerge()
    {
        if (before is null)
            return;
        using var noGrad = no_grad();
        foreach (var (name, weights) in before)
        {
            model[name].copy_(weights);
            weights.Dispose();
        }
        before = null;
        Attach(true);
    }

    /// <summary>Takes the adapter off the model and frees it; what was merged stays merged.</summary>
    public void Dispose()
    {
        Attach(false);
        foreach (var (_, _, weights) in parts)
            weights.Dispose();
        foreach (Tensor weights in before?.Values ?? Enumerable.Empty<Tensor>())
            weights.Dispose();
        before = null;
    }

    /// <summary>The same adapter, values copied, on a copy of the model.</summary>
    internal LoraAdapter CopyTo(ParameterSet other)
    {
        if (Merged)
            throw new InvalidOperationException("Unmerge the adapter before the model is copied.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var bySlot = Matching(other, Config, "LoRA").ToDictionary(m => m.Module);
        return new(
            other,
            Config,
            [.. parts.Select(p => Part(bySlot[p.Module], Config, p.Weights.A.detach(), p.Weights.B.detach(), p.Weights.Bias?.detach()))]
        );
    }

    private void Attach(bool on)
    {
        foreach (var (_, slot, weights) in parts)
            slot.Attached =
                on ? weights
                : slot.Attached == weights ? null
                : slot.Attached;
    }

    private static (string Module, AdapterSlot Slot, LowRank Weights) Part(
        (string Module, AdapterSlot Slot, Tensor Weight, Tensor? Bias) layer,
        LoraConfig config,
        Tensor a,
        Tensor b,
        Tensor? bias
    ) =>
        (
            layer.Module,
            layer.Slot,
            new LowRank(
                Own(a, layer.Weight.device),
                Own(b, layer.Weight.device),
                bias is null ? null : Own(bias.detach(), layer.Weight.device),
                config.Scaling,
                config.Dropout
            )
        );

    private static Parameter Own(Tensor tensor, Device device) =>
        (Parameter)new Parameter(tensor.to(ScalarType.Float32, device, copy: true), true).DetachFromDisposeScope();

    private static (string Module, AdapterSlot Slot, Tensor Weight, Tensor? Bias)[] Matching(
        ParameterSet model,
        LoraConfig config,
        string where
    )
    {
        var matching = model
            .Slots.Select(s => (Module: PeftNames.OfHub(s.Key), s.Key, Slot: s.Value))
            .Where(s => config.Targets.Match(s.Module))
            .Select(s =>
                (
                    s.Module,
                    s.Slot,
                    (Tensor)model[$"{s.Key}.weight"],
                    config.TrainBiases && model.TryGet($"{s.Key}.bias") is { } bias ? (Tensor?)bias : null
                )
            )
            .ToArray();
        if (matching.Length == 0)
            throw new GeoVlmException(
                $"{where}: no linear layer matches the targets '{config.Targets}'; there are {string.Join(", ", model.Slots.Keys.Select(n => n.Split('.')[^1]).Distinct())}."
            );
        if (matching.Any(m => m.Slot.Attached is not null))
            throw new GeoVlmException($"{where}: the model has an adapter already; merge or drop it first.");
        return matching;
    }
}
