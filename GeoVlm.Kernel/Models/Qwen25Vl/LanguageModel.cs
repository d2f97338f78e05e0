using GeoVlm.Models.Lora;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>The decoder: embeddings, layers with grouped-query attention and multimodal rotary positions, output head.</summary>
internal sealed class LanguageModel : IDisposable
{
    private readonly TextConfig config;
    private readonly Tensor embedding,
        norm,
        frequencies,
        axes;
    private readonly Linear head;
    private readonly Layer[] layers;

    public LanguageModel(TextConfig config, ParameterSet parameters, Device device)
    {
        this.config = config;
        embedding = parameters["model.embed_tokens.weight"];
        layers = [.. Enumerable.Range(0, config.Layers).Select(i => Layer.From(parameters, $"model.layers.{i}"))];
        norm = parameters["model.norm.weight"];
        // A tied head takes no adapter: it would be one on the embedding too.
        head = config.TieWordEmbeddings ? new(embedding, null, new()) : Linear.From(parameters, "lm_head", bias: false);
        int half = config.HeadSize / 2;
        float[] values = [.. Enumerable.Range(0, half).Select(i => 1f / (float)Math.Pow(config.RopeTheta, i / (double)half))];
        frequencies = tensor(values, device: device).DetachFromDisposeScope();
        // Which of time, height and width turns each frequency.
        axes = tensor((long[])[.. config.RopeSections.SelectMany((count, axis) => Enumerable.Repeat((long)axis, count))], device: device)
            .DetachFromDisposeScope();
    }

    /// <summary>What a decoder outside libtorch reads: shape and weights.</summary>
    public (TextConfig Config, Tensor Embedding, IReadOnlyList<Layer> Layers, Tensor Norm, Linear Head) Parts =>
        (config, embedding, layers, norm, head);

    /// <summary>[B, T] ids to [B, T, hidden].</summary>
    public Tensor Embed(Tensor ids)
    {
        using Tensor flat = ids.reshape(-1);
        using Tensor rows = embedding.index_select(0, flat);
        return rows.view(ids.size(0), ids.size(1), config.HiddenSize);
    }

    /// <summary>Weight [vocabulary, hidden] of the head where that alone makes logits; null where an adapter is at work on it.</summary>
    public Tensor? PlainHead => head.Slot.Attached is not null && LowRank.Active ? null : head.Weight;

    /// <summary>As <see cref="Decode"/>, without cache, keeping only the layers' inputs for the backward
    /// pass. Tables and inputs belong to the caller's dispose scope.</summary>
    public CheckpointedPass DecodeCheckpointed(Tensor embeddings, Tensor positions, BranchedAttention attention, Tensor wanted_N)
    {
        Rotary rotary = Rotations(positions);
        return new(
            embeddings,
            [
                .. layers.Select((layer, i) => (Func<Tensor, Tensor>)(x => Apply(layer, i, x, rotary, null, attention.Attend, wanted_N))),
                x => Layers.RmsNorm(x, norm, config.RmsNormEpsilon),
            ]
        );
    }

    /// <summary>[..., hidden] to [..., vocabulary].</summary>
    public Tensor Logits(Tensor hidden) => head.Apply(hidden);

    /// <summary>See <see cref="VisionLanguageModel.Decode"/>.</summary>
    public Tensor Decode(
        Tensor embeddings,
        Tensor positions,
        Tensor? mask,
        KeyValueCache? cache,
        Action<int, Tensor>? afterLayer,
        BranchedAttention? branches = null,
        Tensor? wanted_N = null
    )
    {
        long rows = embeddings.size(0),
            tokens = embeddings.size(1);
        if (
            positions.dim() != 3
            || positions.size(0) != 3
            || positions.size(2) != tokens
            || (positions.size(1) != rows && positions.size(1) != 1)
        )
            throw new ArgumentException(
                $"positions are [{string.Join(", ", positions.shape)}], expected [3, {rows}, {tokens}]",
                nameof(positions)
            );
        cache?.Reserve(rows, tokens);
        // No dispose scope spans the layers: what the callback sees, and what it derives from it, belongs to the caller's scope.
        using Tensor? bias = branches is not null
            ? null
            : AttentionBias(mask, tokens, cache is null ? 0 : cache.Length - cache.Start, embeddings);
        Func<Tensor, Tensor, Tensor, Tensor> attend = branches is not null
            ? branches.Attend
            : (q, k, v) => Attention.Attend(q, k, v, bias, causal: bias is null && tokens > 1);
        using Rotary rotary = Rotations(positions);
        Tensor x = embeddings;
        for (int i = 0; i < layers.Length; i++)
        {
            Tensor before = x;
            using (DisposeScope scope = NewDisposeScope())
                x = Apply(layers[i], i, x, rotary, cache, attend, wanted_N).MoveToOuterDisposeScope();
            if (afterLayer is not null)
                afterLayer(i, x);
            else if (i > 0)
                before.Dispose();
        }
        cache?.Advance(tokens);
        Tensor hidden = Layers.RmsNorm(x, norm, config.RmsNormEpsilon);
        if (afterLayer is null)
            x.Dispose();
        return hidden;
    }

    /// <summary>See <see cref="VisionLanguageModel.RotaryTables"/>.</summary>
    public (Tensor Cos, Tensor Sin) RotaryTables(Tensor positions)
    {
        Rotary rotary = Rotations(positions);
        long half = config.HeadSize / 2;
        using Tensor signed = rotary.SignedSin,
            first = signed.narrow(-1, 0, half),
            second = signed.narrow(-1, half, half),
            negated = first.neg();
        return (rotary.Cos, cat([negated, second], -1));
    }

    public void Dispose()
    {
        frequencies.Dispose();
        axes.Dispose();
    }

    // [B, T, hidden] to the same; of the last layer only the tokens that are wanted, [N, hidden], where not all are.
    private Tensor Apply(
        Layer layer,
        int index,
        Tensor x,
        Rotary rotary,
        KeyValueCache? cache,
        Func<Tensor, Tensor, Tensor, Tensor> attend,
        Tensor? wanted_N
    )
    {
        long rows = x.size(0),
            tokens = x.size(1);
        int heads = config.Heads,
            groups = config.KeyValueHeads,
            head = config.HeadSize;
        Tensor normed = Layers.RmsNorm(x, layer.InputNorm, config.RmsNormEpsilon);
        Tensor q = Layers.Rotate(layer.Query.Apply(normed).view(rows, tokens, heads, head), rotary).transpose(1, 2);
        Tensor k = Layers.Rotate(layer.Key.Apply(normed).view(rows, tokens, groups, head), rotary).transpose(1, 2);
        Tensor v = layer.Value.Apply(normed).view(rows, tokens, groups, head).transpose(1, 2);
        if (cache is not null)
            (k, v) = cache.Append(index, k, v);

        Tensor attended = attend(q, k, v).transpose(1, 2).reshape(rows, tokens, heads * head);
        // Nothing after its keys and values looks at the other tokens of the last layer.
        if (wanted_N is not null && index == layers.Length - 1)
            (x, attended) = (x.flatten(0, 1).index_select(0, wanted_N), attended.flatten(0, 1).index_select(0, wanted_N));
        x = x + layer.Output.Apply(attended);
        return x
            + Layers.GatedFeedForward(Layers.RmsNorm(x, layer.PostAttentionNorm, config.RmsNormEpsilon), layer.Gate, layer.Up, layer.Down);
    }

    /// <summary>The mask as numbers to add to scores, made once for all layers; null where plain causal attention will do.</summary>
    private static Tensor? AttentionBias(Tensor? mask, long tokens, long cached, Tensor like)
    {
        using DisposeScope scope = NewDisposeScope();
        if (mask is null)
        {
            if (cached == 0 || tokens == 1)
                return null;
            mask = ones([tokens, cached + tokens], dtype: ScalarType.Bool, device: like.device)
                .tril(cached)
                .view(1, 1, tokens, cached + tokens);
        }
        if (mask.dim() != 4 || mask.size(2) != tokens || mask.size(3) != cached + tokens)
            throw new ArgumentException(
                $"the mask is [{string.Join(", ", mask.shape)}], expected [rows or 1, 1, {tokens}, {cached + tokens}]",
                nameof(mask)
            );
        return zeros_like(mask, dtype: like.dtype).masked_fill(mask.logical_not(), Attention.Hidden).MoveToOuterDisposeScope();
    }

    /// <summary>Rotary tables [B, T, 1, head] of positions [3, B, T].</summary>
    private Rotary Rotations(Tensor positions)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor angles = positions.index_select(0, axes).permute(1, 2, 0).contiguous().to(ScalarType.Float32).mul(frequencies).unsqueeze(2);
        Rotary rotary = Rotary.From(angles);
        return new(rotary.Cos.MoveToOuterDisposeScope(), rotary.SignedSin.MoveToOuterDisposeScope());
    }

    /// <summary>Weights of a layer.</summary>
    public sealed record Layer(
        Tensor InputNorm,
        Tensor PostAttentionNorm,
        Linear Query,
        Linear Key,
        Linear Value,
        Linear Output,
        Linear Gate,
        Linear Up,
        Linear Down
    )
    {
        public static Layer From(ParameterSet parameters, string name) =>
            new(
                parameters[$"{name}.input_layernorm.weight"],
                parameters[$"{name}.post_attention_layernorm.weight"],
                Linear.From(parameters, $"{name}.self_attn.q_proj", bias: true),
                Linear.From(parameters, $"{name}.self_attn.k_proj", bias: true),
                Linear.From(parameters, $"{name}.self_attn.v_proj", bias: true),
                Linear.From(parameters, $"{name}.self_attn.o_proj", bias: false),
                Linear.From(parameters, $"{name}.mlp.gate_proj", bias: false),
                Linear.From(parameters, $"{name}.mlp.up_proj", bias: false),
                Linear.From(parameters, $"{name}.mlp.down_proj", bias: false)
            );
    }
}
