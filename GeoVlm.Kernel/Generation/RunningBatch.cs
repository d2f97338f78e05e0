using System.Runtime.InteropServices;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Generation;

/// <summary>The completions that are being sampled now: they share every forward pass,
/// leave when they end, and waiting ones take their places.</summary>
/// <remarks>
/// Completions of a group come in together behind one prefill of their prompt. Who enters when depends only on the tokens that were
/// sampled, so a run repeats exactly. Legend: P prompts, T tokens of the longest prompt, V vocabulary, d hidden size.
/// </remarks>
internal sealed class RunningBatch : IDisposable
{
    /// <summary>Most tokens, padding included, of prompts that are prefilled together: it bounds the memory of the pass.</summary>
    private const int PrefillTokens = 8192;

    /// <summary>Logits of a step from which on a second thread is woken to draw tokens.</summary>
    private const int WorthThreads = 1 << 16;

    /// <summary>Tokens that are drawn on a device before the host asks which rows have ended: what an ended row draws on is lost, which
    /// costs less than waiting for each token.</summary>
    private const int TokensInARow = 8;

    private readonly Policy policy;
    private readonly SamplingDistribution[] distributions;
    private readonly IStepDecoder decoder;
    private readonly DeviceSampler? sampler;
    private readonly List<Completion> rows = [];
    private readonly Queue<IReadOnlyList<Completion>> waiting;
    private readonly Queue<(Completion Completion, int PromptRow)> prefilled = [];
    private readonly int[] tokens;
    private readonly long[] positions;
    private KeyValueCache? prompts;

    /// <summary>Prepares to sample groups of completions.</summary>
    /// <param name="policy">The model.</param>
    /// <param name="groups">The completions of each prompt.</param>
    /// <param name="options">How they are sampled.</param>
    /// <param name="mostRows">Most completions that run at once.</param>
    /// <param name="onHost">False forces libtorch to decode.</param>
    /// <param name="drawsOnDevice">Whether tokens are drawn where the logits lie, if they can be; null is on a GPU only.</param>
    public RunningBatch(
        Policy policy,
        IReadOnlyList<IReadOnlyList<Completion>> groups,
        SamplingOptions options,
        int mostRows,
        bool onHost = true,
        bool? drawsOnDevice = null
    )
    {
        (this.policy, waiting) = (policy, new(groups));
        distributions = [.. Enumerable.Range(0, get_num_threads()).Select(_ => new SamplingDistribution(options))];
        int longest = groups.Max(g => g[0].Prompt.TokenIds.Length),
            all = groups.Sum(g => g.Count),
            capacity = Math.Min(all, mostRows);
        (tokens, positions) = (new int[capacity], new long[capacity]);
        decoder = policy.Model.StepDecoder(capacity, longest, options.MaxNewTokens, crowded: all > capacity, onHost);
        if (decoder is CachedStepDecoder && (drawsOnDevice ?? policy.Model.Device.type == DeviceType.CUDA) && DeviceSampler.Can(options))
            sampler = new DeviceSampler(options, policy.Banned.Bias_V);
    }

    /// <summary>Tokens that a row has had which ran from the beginning, the prompt's first not counted.</summary>
    public int TokenSteps { get; private set; }

    /// <summary>Lets completions in where there is room, then samples one token of each that runs, or a few where they are drawn on the
    /// device.</summary>
    /// <param name="cancellation">Asked before every token.</param>
    /// <returns>False when all have ended.</returns>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public bool Step(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        Admit();
        if (rows.Count == 0)
            return prefilled.Count + waiting.Count > 0;
        for (int row = 0; row < rows.Count; row++)
            (tokens[row], positions[row]) = (rows[row].Tokens[^1], rows[row].Position);
        if (sampler is null)
            StepOnHost();
        else
            StepOnDevice(sampler, (CachedStepDecoder)decoder, cancellation);
        for (int row = rows.Count - 1; row >= 0; row--)
        {
            if (!rows[row].Finished)
                continue;
            decoder.Leave(row);
            rows[row] = rows[^1]; // as in the decoder, the last row takes the place of one that ended
            rows.RemoveAt(rows.Count - 1);
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        decoder.Dispose();
        sampler?.Dispose();
        prompts?.Dispose();
    }

    private void StepOnHost()
    {
        Sample(decoder.Step(tokens.AsSpan(0, rows.Count), positions.AsSpan(0, rows.Count)));
        TokenSteps++;
    }

    private void StepOnDevice(DeviceSampler drawer, CachedStepDecoder decoder, CancellationToken cancellation)
    {
        int most = Math.Min(TokensInARow, rows.Max(r => r.Left)),
            count = rows.Count;
        // A row takes its numbers in the order of its tokens, so how many are drawn in a row changes nothing.
        var uniforms = new double[most, count];
        for (int s = 0; s < most; s++)
        for (int row = 0; row < count; row++)
            uniforms[s, row] = rows[row].NextUniform();
        var uniforms_SR = tensor(uniforms).Upload(policy.Model.Device);
        var drawn = decoder.Run(
            tokens.AsSpan(0, count),
            positions.AsSpan(0, count),
            most,
            (s, logits_RV) =>
            {
                cancellation.ThrowIfCancellationRequested();
                return drawer.Draw(logits_RV, uniforms_SR[s]);
            }
        );
        for (int s = 0; s < drawn.GetLength(0); s++)
            foreach (var (row, completion) in rows.Index().Where(r => !r.Item.Finished))
            {
                completion.Take(new DrawnToken((int)drawn[s, 0, row], (float)drawn[s, 1, row], (float)drawn[s, 2, row]));
                completion.Tell();
            }
        TokenSteps += drawn.GetLength(0);
    }

    private void Admit()
    {
        // A prefill delays the running ones, so it waits until a quarter of the places are free.
        if (prefilled.Count == 0 && waiting.Count > 0 && (decoder.Capacity - rows.Count) * 4 >= decoder.Capacity)
            Prefill();
        while (prefilled.Count > 0 && rows.Count < decoder.Capacity)
        {
            var (completion, promptRow) = prefilled.Dequeue();
            decoder.Enter(prompts!, promptRow, completion.Prompt.TokenIds.Length);
            rows.Add(completion);
        }
        if (prefilled.Count > 0)
            return;
        prompts?.Dispose();
        prompts = null;
    }

    /// <summary>Reads the prompts of the next groups, and samples the first token of each of
    /// their completions from the one state of its prompt.</summary>
    private void Prefill()
    {
        var groups = new List<IReadOnlyList<Completion>> { waiting.Dequeue() };
        int completions = groups[0].Count,
            longest = groups[0][0].Prompt.TokenIds.Length;
        while (waiting.TryPeek(out var next))
        {
            completions += next.Count;
            longest = Math.Max(longest, next[0].Prompt.TokenIds.Length);
            if (rows.Count + completions > decoder.Capacity || longest * (groups.Count + 1) > PrefillTokens)
                break;
            groups.Add(waiting.Dequeue());
        }
        EncodedPrompt[] encoded = [.. groups.Select(g => g[0].Prompt)];
        prompts = new KeyValueCache(
            policy.Model.Config,
            groups.Count,
            encoded.Max(p => p.TokenIds.Length),
            policy.Model.Device,
            policy.Model.Type
        );
        using var logits_PV = policy.Model.Logits(Read(encoded, prompts)).to(ScalarType.Float32).cpu().contiguous();
        int vocabulary = (int)logits_PV.size(1);
        var logits = MemoryMarshal.Cast<byte, float>(logits_PV.bytes);
        for (int row = 0; row < groups.Count; row++)
        {
            var mine = logits.Slice(row * vocabulary, vocabulary);
            policy.Banned.Apply(mine);
            foreach (var completion in groups[row])
            {
                completion.Sample(distributions[0], mine);
                completion.Tell();
            }
        }
        for (int row = 0; row < groups.Count; row++)
            foreach (var completion in groups[row].Where(c => !c.Finished))
                prefilled.Enqueue((completion, row));
    }

    /// <summary>Runs prompts, right-padded; returns [P, d], the state that predicts each one's first token.</summary>
    private Tensor Read(EncodedPrompt[] encoded, KeyValueCache into)
    {
        int longest = encoded.Max(p => p.TokenIds.Length);
        var ids = new long[encoded.Length * longest];
        var positions = new long[3 * encoded.Length * longest];
        for (int p = 0; p < encoded.Length; p++)
        {
            int count = encoded[p].TokenIds.Length;
            for (int t = 0; t < count; t++)
            {
                ids[p * longest + t] = encoded[p].TokenIds[t];
                for (int axis = 0; axis < 3; axis++)
                    positions[(axis * encoded.Length + p) * longest + t] = encoded[p].Positions[axis * count + t];
            }
        }
        var device = policy.Model.Device;
        var ids_PT = tensor(ids, encoded.Length, longest).to(device);
        // Padding stands to the right, so under the causal mask no real token sees it, and it is not copied out of this cache.
        var hidden_PTd = policy.Model.Decode(
            policy.InputEmbeddings(ids_PT, encoded),
            tensor(positions, 3, encoded.Length, longest).to(device),
            mask: null,
            into
        );
        var last = tensor(encoded.Select((p, row) => (long)row * longest + p.TokenIds.Length - 1).ToArray()).to(device);
        return hidden_PTd.reshape(-1, hidden_PTd.size(-1)).index_select(0, last);
    }

    /// <summary>Draws a token for each row, the rows divided among threads where the vocabulary makes that worth it.</summary>
    private unsafe void Sample(Span<float> logits)
    {
        int vocabulary = logits.Length / rows.Count,
            parts = logits.Length < WorthThreads ? 1 : Math.Min(distributions.Length, rows.Count);
        fixed (float* start = logits)
        {
            float* all = start;
            void Part(int part)
            {
                for (int row = part; row < rows.Count; row += parts)
                {
                    var mine = new Span<float>(all + (long)row * vocabulary, vocabulary);
                    policy.Banned.Apply(mine);
                    rows[row].Sample(distributions[part], mine);
                }
            }
            if (parts == 1)
                Part(0);
            else
                Parallel.For(0, parts, Part);
        }
        foreach (var completion in rows)
            completion.Tell();
    }
}
