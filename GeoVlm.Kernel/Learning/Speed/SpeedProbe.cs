using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Generation;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Models.Tokens;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Speed;

/// <summary>Times what sampling and learning consist of, on a random model. Every
/// method does the work once and returns milliseconds.</summary>
internal sealed class SpeedProbe : IDisposable
{
    private readonly Policy policy;
    private readonly AdamW optimizer;
    private readonly Device device;
    private readonly int vocabulary;

    /// <summary>Makes the model.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="tokenizerFolder">A folder with a tokenizer; its ids have no meaning here.</param>
    /// <param name="onGpu">Whether to compute on the first CUDA device instead of the CPU.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="adapterRank">Rank of an adapter that is trained instead of the decoder's weights; 0 for none.</param>
    public SpeedProbe(
        SpeedShape shape,
        string tokenizerFolder,
        bool onGpu = false,
        int adapterRank = 0,
        NumberType type = NumberType.Float32
    )
    {
        device = onGpu ? CUDA : CPU;
        vocabulary = shape.Text.VocabularySize;
        var tokenizer = TextTokenizer.Load(tokenizerFolder);
        int Id(string token) => tokenizer.IdOf($"<|{token}|>");
        var config = new Qwen25VlConfig(
            shape.Text,
            shape.Vision,
            new SpecialTokenIds(Id("image_pad"), Id("video_pad"), Id("vision_start"), Id("vision_end"), Id("im_end"), Id("endoftext"))
        );
        var model = VisionLanguageModel.Create(config, ImagePreprocessor.Load(tokenizerFolder), seed: 1, device, type);
        policy = Policy.Of("speed", model, tokenizer, ChatTemplate.Plain, new ModelOptions(), tokenizerFolder);
        if (adapterRank > 0)
            policy.AddAdapter(new LoraConfig { Rank = adapterRank });
        optimizer = new AdamW(model, new AdamWOptions(), TrainedParts.Language);
    }

    /// <summary>Whether there is a CUDA device.</summary>
    public static bool HasGpu => TorchRuntime.HasGpu;

    /// <summary>Bytes of the decoder's weights, all of which each step of decoding reads.</summary>
    public double DecoderBytes =>
        policy
            .Model.Parameters.Where(p =>
                !p.Name.StartsWith("visual.", StringComparison.Ordinal)
                && (p.Name != "model.embed_tokens.weight" || policy.Model.Config.Text.TieWordEmbeddings)
            )
            .Sum(p => (double)p.Tensor.numel() * p.Tensor.element_size());

    /// <summary>Numbers in the model.</summary>
    public long ParameterCount => policy.Model.ParameterCount;

    /// <summary>Threads that libtorch uses.</summary>
    public static int Threads => get_num_threads();

    /// <summary>The most that this machine multiplies: GFLOP/s of a square product in the model's type.</summary>
    public double Roofline(int size = 1024)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor a = rand([size, size], device: device).to(policy.Model.Type),
            b = rand([size, size], device: device).to(policy.Model.Type);
        return 2d * size * size * size / (Time(() => a.mm(b)) * 1e6);
    }

    /// <summary>The most that memory delivers and takes: GB/s of a copy, both ways counted.</summary>
    public double Bandwidth(long numbers = 1 << 27)
    {
        using var scope = NewDisposeScope();
        Tensor from = ones([numbers], device: device),
            to = empty_like(from);
        return 8d * numbers / (Time(() => to.copy_(from)) * 1e6);
    }

    /// <summary>Reads a prompt and computes the logits after it.</summary>
    public double Prefill(int tokens, int rows = 1)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Tensor ids = tensor(Ids(rows * tokens, 1).Select(i => (long)i).ToArray(), rows, tokens).to(device),
            positions = arange(tokens, device: device).expand(3, rows, tokens);
        using KeyValueCache cache = new(policy.Model.Config, rows, tokens, policy.Model.Device, policy.Model.Type);
        return Time(() =>
            policy.Model.Logits(policy.Model.Decode(policy.Model.Embed(ids), positions, cache: cache).narrow(1, tokens - 1, 1))
        );
    }

    /// <summary>Samples completions of one prompt of 128 tokens.</summary>
    /// <returns>The whole call, and what a token of every completion takes once they run.</returns>
    public (double Whole, double PerStep) Decode(int batch, int tokens, bool sampled, int promptTokens = 128, bool ownKernels = true)
    {
        var options = new SamplingOptions
        {
            Temperature = sampled ? 1 : 0,
            MaxNewTokens = tokens,
            StopTokens = [],
            GroupSize = batch,
        };
        EncodedPrompt prompt = Prompt(promptTokens);
        using var gate = FinalizerGate.Close();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var whole = Stopwatch.StartNew();
        Completion[] group =
        [
            .. Enumerable.Range(0, batch).Select(g => new Completion(policy, prompt, 0, g, Seed.Derive(1, "speed", g), options)),
        ];
        using RunningBatch running = new(policy, [group], options, batch, ownKernels);
        running.Step(CancellationToken.None); // the prompt and the first tokens
        int before = running.TokenSteps;
        var steps = Stopwatch.StartNew();
        while (running.Step(CancellationToken.None)) { }
        return (whole.Elapsed.TotalMilliseconds, steps.Elapsed.TotalMilliseconds / (running.TokenSteps - before));
    }

    /// <summary>Encodes a picture.</summary>
    public double Vision(int edgePixels)
    {
        var vision = policy.Model.Config.Vision;
        int side = edgePixels / vision.PatchSize;
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Tensor pixels = randn([(long)side * side, vision.PatchLength], device: device);
        return Time(() => policy.Model.EncodeVisual(pixels, [new VisualGrid(1, side, side)]));
    }

    /// <summary>One policy update on a group of equally long completions: log-probabilities with the loss, gradients, optimizer.</summary>
    public (double Forward, double Backward, double Optimizer) Update(int group, int tokens, int promptTokens = 128)
    {
        using var gate = FinalizerGate.Close();
        using var scope = NewDisposeScope();
        optimizer.ZeroGradients();
        PackedRow row = new(Prompt(promptTokens), [.. Enumerable.Range(0, group).Select(g => new Branch(Ids(tokens, (ulong)g + 2)))]);
        Tensor advantages_N = tensor(Enumerable.Range(0, group * tokens).Select(i => (float)Math.Sin(i / tokens)).ToArray()).to(device);
        TokenScores? scores = null;
        Tensor? loss = null;
        double forward = Time(() =>
        {
            scores = TokenLogProbs.Score(policy, [row]);
            Tensor ratio_N = (scores.LogProbs - scores.LogProbs.detach()).exp();
            loss = -minimum(ratio_N * advantages_N, ratio_N.clamp(0.8, 1.2) * advantages_N).mean();
        });
        double backward = Time(() => scores!.Backward(loss!));
        return (forward, backward, Time(() => optimizer.Step(1e-6, maxGradientNorm: 1)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        policy.Dispose();
    }

    private double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        if (device.type != TorchSharp.DeviceType.CPU)
            cuda.synchronize();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // From the upper half, where no token of the tokenizer is.
    private int[] Ids(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => vocabulary / 2 + (int)(random.NextDouble() * vocabulary / 2))];
    }

    private EncodedPrompt Prompt(int tokens)
    {
        long[] line = [.. Enumerable.Range(0, tokens).Select(t => (long)t)];
        return new EncodedPrompt(Ids(tokens, 1), [.. line, .. line, .. line], tokens, [], [], CoordinateFrame.Model(28, 28));
    }
}
