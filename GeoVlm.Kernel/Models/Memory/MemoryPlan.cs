using GeoVlm.Models.Lora;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Models.Memory;

/// <summary>One part of the memory that training takes.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="When"><c>always</c>, <c>sampling</c> or <c>updating</c>.</param>
/// <param name="Note">What it comes from.</param>
public sealed record MemoryItem(string Name, long Bytes, string When, string Note);

/// <summary>What a GRPO training takes beyond the program itself, worked out from the model's shape alone: nothing is loaded.</summary>
/// <remarks>
/// Weights, their gradients and activations are of the request's type; adapters and the optimizer are float32. The peak is that of the
/// second step, when the optimizer has its moments, with every completion as long as allowed.
/// </remarks>
/// <param name="Request">What was asked.</param>
/// <param name="Parameters">Numbers of the model.</param>
/// <param name="TrainedParameters">Numbers that are trained.</param>
/// <param name="Tokens">Tokens of one prompt, its pictures included.</param>
/// <param name="Items">The parts.</param>
public sealed record MemoryPlan(MemoryRequest Request, long Parameters, long TrainedParameters, int Tokens, IReadOnlyList<MemoryItem> Items)
{
    private const int Float = 4;

    /// <summary>What is there all the time.</summary>
    public const string Always = "always";

    /// <summary>What is there while completions are sampled.</summary>
    public const string Sampling = "sampling";

    /// <summary>What is there while the weights are updated.</summary>
    public const string Updating = "updating";

    /// <summary>The largest amount that is there at one time.</summary>
    public long PeakBytes => Sum(Always) + Math.Max(Sum(Sampling), Sum(Updating));

    /// <summary>When the peak is reached: <see cref="Sampling"/> or <see cref="Updating"/>.</summary>
    public string PeakWhen => Sum(Sampling) > Sum(Updating) ? Sampling : Updating;

    /// <summary>Plans a training.</summary>
    /// <exception cref="GeoVlmException">The request is out of range, a picture is
    /// impossible, or no layer matches the adapter's targets.</exception>
    public static MemoryPlan Of(Qwen25VlConfig config, ImagePreprocessor preprocessor, MemoryRequest request)
    {
        request.Validate();
        IReadOnlyList<ParameterSpec> specs = ParameterSpec.All(config);
        long parameters = specs.Sum(Size);
        var adapted = request.Lora is null
            ? []
            : specs.Where(s => IsLinear(s) && request.Lora.Targets.Match(PeftNames.OfHub(LayerOf(s)))).ToArray();
        if (request.Lora is not null && adapted.Length == 0)
            throw new GeoVlmException($"no linear layer matches the targets '{request.Lora.Targets}' of --lora");
        long adapter = adapted.Sum(s => request.Lora!.Rank * (s.Shape[0] + s.Shape[1]));
        long trained = request.Lora is not null
            ? adapter
            : specs.Where(s => request.Train.HasFlag(VisionLanguageModel.PartOf(s.Name))).Sum(Size);
        VisualGrid grid = preprocessor.Grid(request.ImageWidth, request.ImageHeight);
        int prompt = request.PromptTokens + request.Images * grid.Tokens(config.Vision.MergeSize),
            together = Math.Min(request.Prompts, request.MicroBatch ?? request.Prompts);
        Activations activations = new(config, request, [.. adapted.Select(LayerOf)], Lanes.For(parameters, !request.OnGpu));
        long rows = (long)request.Prompts * request.Group,
            length = prompt + (long)request.Group * request.NewTokens,
            vocabulary = config.Text.VocabularySize,
            hidden = config.Text.HiddenSize;
        long scored = (long)together * request.Group * request.NewTokens,
            tokens = together * length,
            patches = (long)together * request.Images * grid.Patches;
        bool headTrained = request.Lora is null && request.Train.HasFlag(TrainedParts.Language);

        int size = NumberTypeNames.BytesOf(request.Type),
            trainedSize = request.Lora is null ? size : Float;
        List<MemoryItem> items =
        [
            new(
                "weights",
                parameters * size + adapter * Float,
                Always,
                $"{parameters:N0} numbers{(adapter > 0 ? $" and {adapter:N0} of the adapter" : "")}"
            ),
        ];
        void Add(string name, long bytes, string when, string note)
        {
            if (bytes > 0)
                items.Add(new(name, bytes, when, note));
        }
        Add(
            "reference policy",
            request.Reference && request.Lora is null ? parameters * size : 0,
            Always,
            "a frozen copy, for the KL penalty"
        );
        Add("gradients", trained * trainedSize, Always, $"of {trained:N0} trained numbers");
        Add(
            "optimizer",
            (trainedSize == Float ? 2 : 3) * trained * Float,
            Always,
            trainedSize == Float ? "AdamW: two moments of each" : "AdamW: two moments of each, and its float32 master copy"
        );
        Add(
            "KV cache",
            2L * config.Text.Layers * config.Text.KeyValueHeads * config.Text.HeadSize * rows * (prompt + request.NewTokens) * size,
            Sampling,
            $"{rows} rows of {prompt + request.NewTokens} tokens"
        );
        Add("next tokens", 4 * rows * vocabulary * Float, Sampling, $"logits and probabilities of {rows} rows");
        Add(
            "reading the prompts",
            activations.Passing((long)request.Prompts * prompt, (long)request.Prompts * request.Images * grid.Patches) * size,
            Sampling,
            "one layer at a time"
        );
        Add(
            "decoder activations",
            activations.Decoder(together, prompt, request.Group, request.NewTokens) * size,
            Updating,
            $"{tokens} tokens: the prompt once, {together * request.Group} completions"
        );
        Add("vision activations", activations.Vision((long)together * request.Images, grid.Patches) * size, Updating, $"{patches} patches");
        Add(
            "attention mask",
            (long)together * request.Group * request.NewTokens * (prompt + request.NewTokens) * size,
            Updating,
            "who sees whom"
        );
        long chunk = Math.Min(scored * vocabulary, ChunkedHead.LargestChunk);
        // A GPU's operators make their results beside the logits, a CPU in their place. A bfloat16 head has its logits, and the sum of
        // its gradient, in float32 besides.
        long narrow = size == Float ? 0 : size;
        long head =
            chunk * ((request.OnGpu ? 3 : 1) * Float + narrow)
            + 3 * scored * hidden * size
            + (headTrained ? (config.Text.TieWordEmbeddings ? 2 : 1) * vocabulary * hidden * (Float + 2 * narrow) : 0);
        long backward = activations.Backward(together, prompt, request.Group, request.NewTokens, patches) * size;
        // What the head had is free when the first layer begins: the larger of the two counts.
        if (head >= backward)
            Add("output head", head, Updating, $"{Math.Min(scored, ChunkedHead.RowsAtOnce(vocabulary))} tokens at a time");
        else
            Add("backward pass", backward, Updating, "gradients on their way through one layer");
        // Holes between tensors, as measured on a CPU; what an adapter makes, copies in float32, and layers that are computed again leave
        // more of them.
        int gaps =
            request.OnGpu ? 0
            : request.Checkpointing ? (request.Lora is null ? 40 : 70)
            : request.Lora is not null ? 30
            : size < Float ? 25
            : 10;
        foreach (string when in (string[])[Sampling, Updating])
            Add("gaps", items.Where(i => i.When == when).Sum(i => i.Bytes) * gaps / 100, when, $"what the allocator cannot use, {gaps} %");
        return new(request, parameters, trained, prompt, items);
    }

    /// <summary>What would take less, best first, with the peak that it leads to: one
    /// change each, then together, until the budget is met.</summary>
    /// <param name="config">The model.</param>
    /// <param name="preprocessor">Its pictures.</param>
    /// <param name="budgetBytes">What there is.</param>
    public IReadOnlyList<(string Change, long PeakBytes)> Advice(Qwen25VlConfig config, ImagePreprocessor preprocessor, long budgetBytes)
    {
        (string Change, Func<MemoryRequest, MemoryRequest> Apply)[] changes =
        [
            ("--micro-batch 1", r => r with { MicroBatch = 1 }),
            ("--checkpointing", r => r with { Checkpointing = true }),
            ("--lora r=16", r => r with { Lora = r.Lora ?? new LoraConfig() }),
            ("--beta 0 (no reference policy)", r => r with { Reference = r.Lora is not null && r.Reference }),
            (
                $"--image {Halved(Request.ImageWidth)}x{Halved(Request.ImageHeight)}",
                r => r with { ImageWidth = Halved(r.ImageWidth), ImageHeight = Halved(r.ImageHeight) }
            ),
            ($"--new-tokens {Halved(Request.NewTokens)}", r => r with { NewTokens = Halved(r.NewTokens) }),
            ($"--group {Halved(Request.Group)}", r => r with { Group = Halved(r.Group) }),
        ];
        List<(string Change, long PeakBytes)> advice = [];
        foreach (var (change, apply) in changes)
            if (Of(config, preprocessor, apply(Request)).PeakBytes is var peak && peak < PeakBytes)
                advice.Add((change, peak));
        advice.Sort((a, b) => a.PeakBytes.CompareTo(b.PeakBytes));
        if (advice.Count == 0 || advice[0].PeakBytes <= budgetBytes)
            return advice;
        MemoryRequest request = Request;
        List<string> joined = [];
        long least = PeakBytes;
        foreach (var (change, apply) in changes)
        {
            long peak = Of(config, preprocessor, apply(request)).PeakBytes;
            if (peak >= least)
                continue;
            (request, least) = (apply(request), peak);
            joined.Add(change);
            if (least <= budgetBytes)
                break;
        }
        return [.. advice, (string.Join(" ", joined), least)];

        static int Halved(int value) => Math.Max(1, value / 2);
    }

    private long Sum(string when) => Items.Where(i => i.When == when).Sum(i => i.Bytes);

    private static long Size(ParameterSpec spec) => spec.Shape.Aggregate(1L, (a, b) => a * b);

    private static bool IsLinear(ParameterSpec spec) => spec.Shape.Length == 2 && spec.Name != "model.embed_tokens.weight";

    private static string LayerOf(ParameterSpec spec) => spec.Name[..spec.Name.LastIndexOf('.')];
}
