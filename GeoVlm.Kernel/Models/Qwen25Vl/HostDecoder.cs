using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Decodes tokens on the CPU without libtorch, whose operators cost more than
/// the arithmetic when a pass has one token a row.</summary>
/// <remarks>
/// The same formulas as <see cref="LanguageModel"/> on the same weights, read where they lie, an active adapter included. Threads divide
/// the outputs of each matrix and meet after it. Sequences of one prompt share its keys and values; each row has memory of its own for what
/// follows. Nothing is allocated per token. Weights of bfloat16 are half of the bytes that a token waits for; what is computed with them,
/// keys and values included, is float32. Legend: R rows, d hidden size, D head size.
/// </remarks>
/// <typeparam name="TWeight"><see cref="float"/>, or <see cref="ushort"/> for a bfloat16's bits: what the model's tensors are.</typeparam>
internal sealed unsafe class HostDecoder<TWeight> : IStepDecoder
    where TWeight : unmanaged
{
    private readonly TextConfig config;
    private readonly float epsilon;
    private readonly TWeight* embedding,
        norm;
    private readonly HostLinear head;
    private readonly HostLayer[] layers;
    private readonly SpinTeam team;
    private readonly Action<int> pass;
    private readonly HostMemory memory = new();
    private readonly float[] frequencies;
    private readonly float* hidden,
        query,
        keyValue,
        attended,
        gate,
        up,
        logits,
        cos,
        sin;
    private readonly Scratch[] scratch;
    private readonly Dictionary<(KeyValueCache, int), Prompt> prompts = [];
    private readonly List<Row> rows = [];
    private readonly Stack<nint> slots = [];
    private readonly int newTokens;

    /// <summary>Prepares to decode with the threads that libtorch has on this thread.</summary>
    /// <param name="model">The weights; they must live as long as this.</param>
    /// <param name="capacity">Most sequences.</param>
    /// <param name="longestPrompt">Tokens of the longest prompt.</param>
    /// <param name="newTokens">Most tokens after a prompt.</param>
    public HostDecoder(LanguageModel model, int capacity, int longestPrompt, int newTokens)
    {
        (config, Capacity, this.newTokens) = (model.Parts.Config, capacity, newTokens);
        epsilon = (float)config.RmsNormEpsilon;
        embedding = (TWeight*)model.Parts.Embedding.Address();
        norm = (TWeight*)model.Parts.Norm.Address();
        head = new(model.Parts.Head, memory);
        layers = [.. model.Parts.Layers.Select(l => new HostLayer(l, memory))];
        int half = config.HeadSize / 2;
        frequencies = [.. Enumerable.Range(0, half).Select(i => 1f / (float)Math.Pow(config.RopeTheta, i / (double)half))];
        float* PerRow(int width) => memory.Take((long)capacity * width);
        hidden = PerRow(config.HiddenSize);
        query = PerRow(config.HiddenSize);
        attended = PerRow(config.HiddenSize);
        keyValue = PerRow(2 * KeyWidth);
        gate = PerRow(config.IntermediateSize);
        up = PerRow(config.IntermediateSize);
        logits = PerRow(config.VocabularySize);
        cos = PerRow(half);
        sin = PerRow(half);
        for (int i = 0; i < capacity; i++)
            slots.Push((nint)memory.Take(Block(newTokens)));
        team = new SpinTeam(get_num_threads());
        int rank = Math.Max(16, layers.SelectMany(l => l.All).Append(head).Max(w => w.Rank));
        int columns = (longestPrompt + newTokens + HostKernels.Width) / HostKernels.Width * HostKernels.Width;
        scratch =
        [
            .. Enumerable
                .Range(0, team.Size)
                .Select(_ => new Scratch(
                    (nint)PerRow(config.HiddenSize),
                    (nint)PerRow(rank),
                    (nint)memory.Take((long)columns * config.Heads / config.KeyValueHeads),
                    columns
                )),
        ];
        pass = Pass;
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    private int KeyWidth => config.KeyValueHeads * config.HeadSize;

    /// <inheritdoc/>
    public void Enter(KeyValueCache prompts, int promptRow, int tokens)
    {
        if (!this.prompts.TryGetValue((prompts, promptRow), out Prompt? prompt))
        {
            prompt = new Prompt((prompts, promptRow), tokens, memory.Take(Block(tokens)));
            prompts.CopyTo<TWeight>(promptRow, tokens, prompt.KeysAndValues);
            this.prompts.Add(prompt.Key, prompt);
        }
        prompt.Users++;
        rows.Add(new Row(prompt, slots.Pop()));
    }

    /// <inheritdoc/>
    public void Leave(int row)
    {
        Row left = rows[row];
        slots.Push(left.Own);
        if (--left.Prompt.Users == 0)
        {
            prompts.Remove(left.Prompt.Key);
            memory.Return(left.Prompt.KeysAndValues);
        }
        rows[row] = rows[^1];
        rows.RemoveAt(rows.Count - 1);
    }

    /// <inheritdoc/>
    public Span<float> Step(ReadOnlySpan<int> tokens, ReadOnlySpan<long> positions)
    {
        int half = config.HeadSize / 2,
            width = config.HiddenSize;
        for (int m = 0; m < rows.Count; m++)
        {
            if (rows[m].Tokens == newTokens)
                throw new InvalidOperationException($"a row has {newTokens} tokens already, the most it was made for");
            HostKernels.Copy(embedding + (long)tokens[m] * width, hidden + (long)m * width, width);
            for (int i = 0; i < half; i++)
                (sin[m * half + i], cos[m * half + i]) = MathF.SinCos(positions[m] * frequencies[i]);
        }
        team.Run(pass);
        foreach (Row row in rows)
            row.Tokens++;
        return new Span<float>(logits, rows.Count * config.VocabularySize);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        team.Dispose();
        memory.Dispose();
    }

    private void Pass(int thread)
    {
        int count = rows.Count,
            d = config.HiddenSize,
            inner = config.IntermediateSize,
            keys = KeyWidth;
        Scratch mine = scratch[thread];
        var normed = (float*)mine.Normed;
        for (int i = 0; i < layers.Length; i++)
        {
            HostLayer layer = layers[i];
            Norm((TWeight*)layer.InputNorm);
            Apply(layer.Query, normed, d, query, d);
            Apply(layer.Key, normed, d, keyValue, 2 * keys);
            Apply(layer.Value, normed, d, keyValue + keys, 2 * keys);
            team.Meet();
            for (int unit = thread; unit < count * config.KeyValueHeads; unit += team.Size)
                Attend(i, unit / config.KeyValueHeads, unit % config.KeyValueHeads, mine);
            team.Meet();
            Apply(layer.Output, attended, d, hidden, d, add: true);
            team.Meet();
            Norm((TWeight*)layer.PostAttentionNorm);
            Apply(layer.Gate, normed, d, gate, inner);
            (int from, int to) = Apply(layer.Up, normed, d, up, inner);
            for (int m = 0; m < count; m++)
            {
                float* part = gate + (long)m * inner + from;
                HostKernels.Gate(part, up + (long)m * inner + from, part, to - from);
            }
            team.Meet();
            Apply(layer.Down, gate, inner, hidden, d, add: true);
            team.Meet();
        }
        Norm(norm);
        Apply(head, normed, d, logits, config.VocabularySize);

        // Every thread needs all of it, and computing it is cheaper than waiting for it.
        void Norm(TWeight* weight)
        {
            for (int m = 0; m < count; m++)
                HostKernels.RmsNorm(hidden + (long)m * d, weight, normed + (long)m * d, d, epsilon);
        }

        (int From, int To) Apply(HostLinear w, float* x, int xRow, float* y, int yRow, bool add = false)
        {
            int blocks = (w.Output + HostKernels.Width - 1) / HostKernels.Width;
            int from = blocks * thread / team.Size * HostKernels.Width,
                to = Math.Min(w.Output, blocks * (thread + 1) / team.Size * HostKernels.Width);
            HostKernels.Product(x, xRow, count, (TWeight*)w.Weight, w.Input, (float*)w.Bias, y, yRow, from, to, add);
            if (w.Rank == 0)
                return (from, to);
            var low = (float*)mine.LowRank;
            HostKernels.Product(x, xRow, count, (float*)w.A, w.Input, null, low, w.Rank, 0, w.Rank);
            for (int m = 0; m < count * w.Rank; m++)
                low[m] *= w.Scaling;
            if (w.Rank % HostKernels.Width == 0)
                HostKernels.Product(low, w.Rank, count, (float*)w.B, w.Rank, null, y, yRow, from, to, add: true);
            else
            {
                for (int m = 0; m < count; m++)
                for (int n = from; n < to; n++)
                    y[(long)m * yRow + n] += HostKernels.Dot(low + m * w.Rank, (float*)w.B + (long)n * w.Rank, w.Rank);
            }
            return (from, to);
        }
    }

    /// <summary>Attention of the query heads that share one key head, in one row, over the prompt and the row's own tokens.</summary>
    private void Attend(int layer, int m, int keyHead, Scratch mine)
    {
        int D = config.HeadSize,
            half = D / 2,
            group = config.Heads / config.KeyValueHeads;
        Row row = rows[m];
        int own = row.Tokens,
            prompt = row.Prompt.Tokens,
            all = prompt + own + 1;
        float* q = query + (long)m * config.HiddenSize + (long)keyHead * group * D,
            key = keyValue + (long)m * 2 * KeyWidth + (long)keyHead * D,
            value = key + KeyWidth;
        float* c = cos + m * half,
            s = sin + m * half,
            scores = (float*)mine.Scores;
        float* Keys(float* block, int tokens, int kind) => block + (((long)layer * 2 + kind) * config.KeyValueHeads + keyHead) * tokens * D;
        float* ownKeys = Keys((float*)row.Own, newTokens, 0),
            ownValues = Keys((float*)row.Own, newTokens, 1);
        HostKernels.Rotate(key, c, s, half, 1);
        new ReadOnlySpan<float>(key, D).CopyTo(new Span<float>(ownKeys + (long)own * D, D));
        new ReadOnlySpan<float>(value, D).CopyTo(new Span<float>(ownValues + (long)own * D, D));
        for (int g = 0; g < group; g++)
            HostKernels.Rotate(q + g * D, c, s, half, 1 / MathF.Sqrt(D));
        HostKernels.Product(q, D, group, Keys(row.Prompt.KeysAndValues, prompt, 0), D, null, scores, mine.Columns, 0, prompt);
        HostKernels.Product(q, D, group, ownKeys, D, null, scores + prompt, mine.Columns, 0, own + 1);
        for (int g = 0; g < group; g++)
        {
            float* weights = scores + (long)g * mine.Columns,
                y = attended + (long)m * config.HiddenSize + ((long)keyHead * group + g) * D;
            float scale = 1 / HostKernels.Exponentials(weights, all, HostKernels.Largest(weights, all)).Sum;
            var output = new Span<float>(y, D);
            output.Clear();
            HostKernels.WeightedSum(weights, Keys(row.Prompt.KeysAndValues, prompt, 1), prompt, y, D);
            HostKernels.WeightedSum(weights + prompt, ownValues, own + 1, y, D);
            for (int i = 0; i < D; i++)
                y[i] *= scale;
        }
    }

    private long Block(int tokens) => 2L * config.Layers * KeyWidth * tokens;

    /// <summary>Memory of one thread: normed rows, products of an adapter's A, and scores with their row length.</summary>
    private readonly record struct Scratch(nint Normed, nint LowRank, nint Scores, int Columns);

    private sealed class Prompt((KeyValueCache, int) key, int tokens, float* keysAndValues)
    {
        public (KeyValueCache, int) Key { get; } = key;
        public int Tokens { get; } = tokens;
        public float* KeysAndValues { get; } = keysAndValues;
        public int Users { get; set; }
    }

    private sealed class Row(Prompt prompt, nint own)
    {
        public Prompt Prompt { get; } = prompt;
        public nint Own { get; } = own;
        public int Tokens { get; set; }
    }
}
