using GeoVlm.Models.Qwen25Vl;
using TorchSharp;

namespace GeoVlm.Models.Memory;

/// <summary>Numbers that autograd keeps for the backward pass, counted along the formulas of the decoder and the vision tower.</summary>
/// <remarks>
/// A product keeps both factors where both take gradients; a linear layer keeps its input where its weight or an adapter on it is trained;
/// attention keeps queries, keys, values, its output, and on a CPU the weight of each key for each query of each head (see
/// <see cref="Attention"/>). In bfloat16 the inputs of norms and adapters are kept as float32, which counts double here. In float32 on a
/// CPU norms, gates, rotations and attention weights are our own (<see cref="Native.HostOperators"/>), which keep what goes in and nothing else.
/// </remarks>
internal sealed class Activations
{
    private readonly TextConfig text;
    private readonly VisionConfig vision;
    private readonly bool checkpointing,
        onGpu,
        visionLearns,
        decoderLearns,
        own;
    private readonly int lanes;
    private readonly double decoderLayer,
        visionBlock;

    /// <summary>Counts for a model.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="request">What is trained.</param>
    /// <param name="adapted">Names of the layers that have an adapter.</param>
    /// <param name="lanes">How many parts of a batch are computed side by side.</param>
    public Activations(Qwen25VlConfig config, MemoryRequest request, IReadOnlyCollection<string> adapted, int lanes)
    {
        this.lanes = lanes;
        (text, vision, checkpointing, onGpu) = (config.Text, config.Vision, request.Checkpointing, request.OnGpu);
        bool Trained(TrainedParts part) => request.Lora is null && request.Train.HasFlag(part);
        bool language = Trained(TrainedParts.Language),
            tower = Trained(TrainedParts.Vision);
        visionLearns = tower || Trained(TrainedParts.Merger) || adapted.Any(a => a.StartsWith("visual.", StringComparison.Ordinal));
        bool towerLearns = tower || adapted.Any(a => a.StartsWith("visual.blocks.", StringComparison.Ordinal));
        decoderLearns = language || visionLearns || adapted.Count > 0;
        double rank = request.Lora?.Rank ?? 0;
        double layers = text.Layers,
            blocks = vision.Depth;
        double Share(string prefix, string ending, double of) =>
            adapted.Count(a => a.StartsWith(prefix, StringComparison.Ordinal) && a.EndsWith(ending, StringComparison.Ordinal)) / of;

        double d = text.HiddenSize,
            i = text.IntermediateSize;
        bool half = request.Type == NumberType.BFloat16;
        // Adapters of one input share it where it needs no float32 copy for each.
        double Inputs(double shares) => half ? 2 * shares : Math.Min(1, shares);
        double attentionIn = Inputs(
            Share("model.", "q_proj", layers) + Share("model.", "k_proj", layers) + Share("model.", "v_proj", layers)
        );
        double feedIn = Inputs(Share("model.", "gate_proj", layers) + Share("model.", "up_proj", layers)),
            down = Inputs(Share("model.", "down_proj", layers));
        double ranks = rank * Share("model.", "_proj", layers) * (half ? 2 : 1);
        own = !half && !onGpu;
        // Both inputs of the residual stream, gate and up, and the queries. libtorch's operators: keys, values, what attention gives, and
        // the gate's activation too. Where weights are trained, what goes into them; libtorch's norms their scaled input too.
        decoderLayer =
            (own ? 3 * d + 2 * i : (half ? 8 : 6) * d + text.Heads + 3 * i)
            + (language ? (own ? 3 : 4) * d + i : attentionIn * d + feedIn * d + down * i)
            + ranks;

        double dv = vision.HiddenSize,
            iv = vision.IntermediateSize;
        visionBlock = !towerLearns
            ? 0
            : (own ? 7 * dv + 2 * iv : (half ? 10 : 8) * dv + vision.Heads + 3 * iv)
                + (tower ? (own ? 3 : 4) * dv + iv : 2 * dv + iv)
                + rank * Share("visual.blocks.", "", blocks);
    }

    /// <summary>Kept by the decoder for so many rows, each a prompt and its completions.</summary>
    public long Decoder(long rows, long prompt, long group, long newTokens)
    {
        if (!decoderLearns)
            return 0;
        long tokens = rows * (prompt + group * newTokens),
            branches = rows * group;
        double layer =
            tokens * decoderLayer
            + Attending(rows, prompt, group, newTokens)
            // Keys and values as the prompt and the branches' block have them; libtorch's operators keep queries, too, as rows and as block.
            + (
                (branches * (prompt + newTokens) + (own ? rows * prompt : 0)) * 2.0 * text.KeyValueHeads
                + (own ? 0 : branches * newTokens * 2.0 * text.Heads)
            ) * text.HeadSize;
        return (long)(
            checkpointing
                ? tokens * (text.Layers + 2.0) * text.HiddenSize + layer + Passed(rows, prompt, group, newTokens)
                : text.Layers * layer + tokens * (4.0 * text.HiddenSize + 4 * text.HeadSize)
        );
    }

    /// <summary>Kept by the vision tower for so many patches; with checkpointing it is
    /// computed again when the decoder's are gone.</summary>
    public long Vision(long frames, long framePatches)
    {
        long patches = frames * framePatches,
            window = Math.Min(framePatches, (long)(vision.WindowSize / vision.PatchSize) * (vision.WindowSize / vision.PatchSize));
        double inputs = 3.0 * vision.PatchLength,
            merger = 8.0 * vision.HiddenSize + vision.OutHiddenSize;
        double kept =
            patches * (inputs + (visionLearns ? vision.Depth * visionBlock + merger : 0))
            + (
                visionBlock == 0
                    ? 0
                    : vision.FullAttentionBlocks.Count * Scores(frames, vision.Heads, framePatches, framePatches)
                        + (vision.Depth - vision.FullAttentionBlocks.Count)
                            * Scores(frames, framePatches / window * vision.Heads, window, window)
            );
        return (long)(checkpointing ? patches * inputs : kept);
    }

    /// <summary>On its way in the widest layer of the backward pass.</summary>
    public long Backward(long rows, long prompt, long group, long newTokens, long patches) =>
        (long)
            Math.Max(
                rows * (prompt + group * newTokens) * 6.0 * text.HiddenSize
                    + Math.Max(
                        rows * (prompt + group * newTokens) * 3.0 * text.IntermediateSize,
                        2 * Attending(rows, prompt, group, newTokens)
                    ),
                checkpointing && visionLearns ? patches * (vision.Depth * visionBlock + 8.0 * vision.HiddenSize) : 0
            );

    /// <summary>On its way in the widest layer of a pass without gradients.</summary>
    public long Passing(long tokens, long patches) =>
        (long)
            Math.Max(
                tokens * (4.0 * text.HiddenSize + 3.0 * text.IntermediateSize),
                patches * (3.0 * vision.PatchLength + 4.0 * vision.HiddenSize + 3.0 * vision.IntermediateSize)
            );

    private double Attending(long rows, long prompt, long group, long newTokens) =>
        Scores(rows, text.Heads, prompt, prompt) + Scores(rows, group * text.Heads, newTokens, prompt + newTokens);

    /// <summary>What a layer computes on its way and autograd does not keep, which is there until the layer's own backward pass has ended:
    /// the scores before their softmax; queries and keys before they are turned, and as rows and as blocks; what attention gave as blocks,
    /// together and in its place; and what was added to the residual stream.</summary>
    private double Passed(long rows, long prompt, long group, long newTokens) =>
        rows * (prompt + group * newTokens) * (9.0 * text.HiddenSize + 4.0 * text.KeyValueHeads * text.HeadSize)
        + Attending(rows, prompt, group, newTokens);

    // Whether scores are held is asked for each lane's share of the rows.
    private double Scores(long rows, long heads, long queries, long keys) =>
        !onGpu && Attention.HoldsScores(DeviceType.CPU, (rows + lanes - 1) / lanes * heads, queries, keys)
            ? (double)rows * heads * queries * keys
            : 0;
}
