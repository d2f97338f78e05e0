using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Patches in, visual tokens out. Attention stays within a frame; most blocks attend within windows only.</summary>
/// <remarks>Frames of one size are one batch, whichever visual they belong to. Re-entrant: threads share only the tables of frame
/// sizes.</remarks>
internal sealed class VisionTower : IDisposable
{
    private readonly VisionConfig config;
    private readonly Device device;
    private readonly Tensor patchEmbed;
    private readonly VisionNorm mergerNorm;
    private readonly Linear mergerIn,
        mergerOut;
    private readonly Block[] blocks;
    private readonly ConcurrentDictionary<(int Height, int Width), Lazy<FrameLayout>> layouts = new();

    public VisionTower(VisionConfig config, ParameterSet parameters, Device device)
    {
        (this.config, this.device) = (config, device);
        patchEmbed = parameters["visual.patch_embed.proj.weight"];
        blocks =
        [
            .. Enumerable
                .Range(0, config.Depth)
                .Select(i => Block.From(parameters, $"visual.blocks.{i}", config.FullAttentionBlocks.Contains(i), config.IsQwen2)),
        ];
        mergerNorm = VisionNorm.From(parameters, "visual.merger.ln_q");
        mergerIn = Linear.From(parameters, "visual.merger.mlp.0", bias: true);
        mergerOut = Linear.From(parameters, "visual.merger.mlp.2", bias: true);
    }

    /// <summary>Encodes visuals.</summary>
    /// <param name="pixelValues">[patches, patch length], the visuals one after another.</param>
    /// <param name="grids">Patches of each visual.</param>
    /// <param name="observe">For visuals of one size: sees (n, the residual stream [frames, patches,
    /// hidden] in the input's order) before block n and after the last.</param>
    /// <returns>[patches / merge², out], in the order of the visuals.</returns>
    public Tensor Forward(Tensor pixelValues, IReadOnlyList<VisualGrid> grids, Action<int, Tensor>? observe = null)
    {
        long expected = grids.Sum(g => (long)g.Patches);
        if (pixelValues.dim() != 2 || pixelValues.size(0) != expected || pixelValues.size(1) != config.PatchLength)
            throw new ArgumentException(
                $"pixel values are [{string.Join(", ", pixelValues.shape)}], expected [{expected}, {config.PatchLength}] for {grids.Count} visuals",
                nameof(pixelValues)
            );
        using DisposeScope scope = NewDisposeScope();
        (int Height, int Width)[] sizes = [.. grids.Select(g => (g.Height, g.Width)).Distinct()];
        if (sizes.Length == 1)
            return Frames(pixelValues, sizes[0], observe).MoveToOuterDisposeScope();

        // Several sizes: one batch per size, then the visuals back in order.
        Tensor?[] parts = new Tensor?[grids.Count];
        int[] firstPatches = new int[grids.Count];
        for (int v = 1; v < grids.Count; v++)
            firstPatches[v] = firstPatches[v - 1] + grids[v - 1].Patches;
        foreach ((int Height, int Width) size in sizes)
        {
            int[] members = [.. Enumerable.Range(0, grids.Count).Where(v => (grids[v].Height, grids[v].Width) == size)];
            Tensor tokens = Frames(cat([.. members.Select(v => pixelValues.narrow(0, firstPatches[v], grids[v].Patches))]), size);
            Tensor[] split = tokens.split([.. members.Select(v => (long)grids[v].Tokens(config.MergeSize))]);
            foreach ((int v, Tensor part) in members.Zip(split))
                parts[v] = part;
        }
        return cat([.. parts.Select(p => p!)]).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (Lazy<FrameLayout> layout in layouts.Values)
            layout.Value.Dispose();
    }

    /// <summary>Encodes frames of one size: [frames x patches, patch length] to [frames x tokens, out].</summary>
    private Tensor Frames(Tensor pixelValues, (int Height, int Width) size, Action<int, Tensor>? observe = null)
    {
        FrameLayout layout = layouts.GetOrAdd(size, s => new(() => FrameLayout.Create(config, s.Height, s.Width, device))).Value;
        int patches = size.Height * size.Width,
            unit = config.MergeSize * config.MergeSize;
        long frames = pixelValues.size(0) / patches;
        Tensor x = F.linear(pixelValues.to(patchEmbed.dtype), patchEmbed.view(config.HiddenSize, config.PatchLength))
            .view(frames, patches, config.HiddenSize)
            .index_select(1, layout.Order);
        Tensor? inputOrder = observe is null ? null : layout.Order.argsort();
        observe?.Invoke(0, x.index_select(1, inputOrder!));
        foreach ((int index, Block block) in blocks.Index())
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor before = x;
            x = Apply(block, x, layout).MoveToOuterDisposeScope();
            before.Dispose();
            observe?.Invoke(index + 1, x.index_select(1, inputOrder!));
        }
        Tensor merged = mergerNorm.Apply(x).view(frames, patches / unit, unit * config.HiddenSize);
        return mergerOut.Apply(F.gelu(mergerIn.Apply(merged))).index_select(1, layout.Inverse).view(-1, config.OutHiddenSize);
    }

    private Tensor Apply(Block block, Tensor x, FrameLayout layout)
    {
        long frames = x.size(0),
            patches = x.size(1);
        int heads = config.Heads,
            head = config.HeadSize;
        Tensor qkv = block.Qkv.Apply(block.Norm1.Apply(x)).view(frames, patches, 3, heads, head);
        Tensor rotated = Layers.Rotate(qkv.narrow(2, 0, 2), layout.Rotary);
        Tensor q = rotated.select(2, 0),
            k = rotated.select(2, 1),
            v = qkv.select(2, 2); // [frames, patches, heads, head]

        Tensor attended =
            block.FullAttention || layout.Windows.Count == 1
                ? Attend(
                    new(0, block.FullAttention ? 1 : layout.Windows[0].Count, block.FullAttention ? (int)patches : layout.Windows[0].Length)
                )
                : cat([.. layout.Windows.Select(Attend)], 1);
        x = x + block.Projection.Apply(attended);
        return x + block.FeedForward(block.Norm2.Apply(x));

        Tensor Attend(WindowRun run)
        {
            Tensor Windows(Tensor t) =>
                t.narrow(1, run.Start, run.Count * run.Length).reshape(frames * run.Count, run.Length, heads, head).transpose(1, 2);
            return Attention
                .Attend(Windows(q), Windows(k), Windows(v))
                .transpose(1, 2)
                .reshape(frames, run.Count * run.Length, heads * head);
        }
    }

    private sealed record Block(
        bool FullAttention,
        VisionNorm Norm1,
        VisionNorm Norm2,
        Linear Qkv,
        Linear Projection,
        Func<Tensor, Tensor> FeedForward
    )
    {
        public static Block From(ParameterSet parameters, string name, bool fullAttention, bool isQwen2)
        {
            Linear Part(string part) => Linear.From(parameters, $"{name}.{part}", bias: true);
            VisionNorm norm1 = VisionNorm.From(parameters, $"{name}.norm1"),
                norm2 = VisionNorm.From(parameters, $"{name}.norm2");
            Linear qkv = Part("attn.qkv"),
                projection = Part("attn.proj");
            if (isQwen2)
            {
                Linear first = Part("mlp.fc1"),
                    last = Part("mlp.fc2");
                return new(fullAttention, norm1, norm2, qkv, projection, x => Layers.FeedForward(x, first, last));
            }
            Linear gate = Part("mlp.gate_proj"),
                up = Part("mlp.up_proj"),
                down = Part("mlp.down_proj");
            return new(fullAttention, norm1, norm2, qkv, projection, x => Layers.GatedFeedForward(x, gate, up, down));
        }
    }
}
