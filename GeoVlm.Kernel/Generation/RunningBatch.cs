using System.Runtime.InteropServices;
using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Generation;

/// <summary>The completions that are being sampled now: they share every forward pass, leave when they end, and waiting ones take their places.</summary>
/// <remarks>
/// Completions of a group come in together behind one prefill of their prompt. Who enters when depends only on the tokens that were sampled, so
/// a run repeats exactly. Legend: R completions, P prompts, T tokens of the longest prompt, S cached columns, V vocabulary, d hidden size.
/// </remarks>
internal sealed class RunningBatch : IDisposable
{
    /// <summary>Most tokens, padding included, of prompts that are prefilled together: it bounds the memory of the pass.</summary>
    private const int PrefillTokens = 8192;

    private readonly Policy policy;
    private readonly SamplingDistribution distribution;
    private readonly KeyValueCache cache;
    private readonly List<(Completion Completion, long Start)> rows = [];
    private readonly Queue<IReadOnlyList<Completion>> waiting;
    private readonly Queue<(Completion Completion, int PromptRow)> prefilled = [];
    private readonly long longestPrompt;
    private KeyValueCache? prompts;

    /// <summary>Prepares to sample groups of completions.</summary>
    /// <param name="policy">The model.</param>
    /// <param name="groups">The completions of each prompt.</param>
    /// <param name="options">How they are sampled.</param>
    /// <param name="mostRows">Most completions that run at once.</param>
    public RunningBatch(Policy policy, IReadOnlyList<IReadOnlyList<Completion>> groups, SamplingOptions options, int mostRows)
    {
        (this.policy, waiting) = (policy, new(groups));
        distribution = new SamplingDistribution(options);
        longestPrompt = groups.Max(g => g[0].Prompt.TokenIds.Length);
        int all = groups.Sum(g => g.Count), capacity = Math.Min(all, mostRows);
        // Completions that enter late write further to the right; the slack makes it rare that everything must move back to the left.
        long slack = all > capacity ? Math.Max(16, options.MaxNewTokens / 2) : 0;
        cache = new KeyValueCache(policy.Model.Config, capacity, longestPrompt + options.MaxNewTokens + slack, policy.Model.Device, policy.Model.Type);
        cache.StartAt(longestPrompt);
    }

    /// <summary>Lets completions in where there is room, then samples one token of each that runs.</summary>
    /// <returns>False when all have ended.</returns>
    public bool Step()
    {
        using var scope = NewDisposeScope();
        Admit();
        if (rows.Count == 0) return prefilled.Count + waiting.Count > 0;
        (cache.Rows, cache.Start) = (rows.Count, rows.Min(r => r.Start));
        if (cache.Length == cache.MaxLength) MoveLeft();
        var logits_RV = policy.Model.Logits(Forward());
        Sample(logits_RV, row => [rows[row].Completion]);
        for (int row = rows.Count - 1; row >= 0; row--)
            if (rows[row].Completion.Finished) Leave(row);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cache.Dispose();
        prompts?.Dispose();
    }

    private void Admit()
    {
        // A prefill delays the running ones, so it waits until a quarter of the places are free.
        if (prefilled.Count == 0 && waiting.Count > 0 && (cache.Capacity - rows.Count) * 4 >= cache.Capacity) Prefill();
        while (prefilled.Count > 0 && rows.Count < cache.Capacity)
        {
            var (completion, promptRow) = prefilled.Dequeue();
            long tokens = completion.Prompt.TokenIds.Length;
            cache.TakePrompt(prompts!, promptRow, tokens, rows.Count);
            rows.Add((completion, cache.Length - tokens));
        }
        if (prefilled.Count > 0) return;
        prompts?.Dispose();
        prompts = null;
    }

    /// <summary>Reads the prompts of the next groups, and samples the first token of each of their completions from the one state of its prompt.</summary>
    private void Prefill()
    {
        var groups = new List<IReadOnlyList<Completion>> { waiting.Dequeue() };
        int completions = groups[0].Count, longest = groups[0][0].Prompt.TokenIds.Length;
        while (waiting.TryPeek(out var next))
        {
            completions += next.Count;
            longest = Math.Max(longest, next[0].Prompt.TokenIds.Length);
            if (rows.Count + completions > cache.Capacity || longest * (groups.Count + 1) > PrefillTokens) break;
            groups.Add(waiting.Dequeue());
        }
        EncodedPrompt[] encoded = [.. groups.Select(g => g[0].Prompt)];
        prompts = new KeyValueCache(policy.Model.Config, groups.Count, encoded.Max(p => p.TokenIds.Length), policy.Model.Device, policy.Model.Type);
        Sample(policy.Model.Logits(Read(encoded, prompts)), row => groups[row]);
        for (int row = 0; row < groups.Count; row++)
            foreach (var completion in groups[row].Where(c => !c.Finished)) prefilled.Enqueue((completion, row));
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
                for (int axis = 0; axis < 3; axis++) positions[(axis * encoded.Length + p) * longest + t] = encoded[p].Positions[axis * count + t];
            }
        }
        var device = policy.Model.Device;
        var ids_PT = tensor(ids, encoded.Length, longest).to(device);
        // Padding stands to the right, so under the causal mask no real token sees it, and it is not copied out of this cache.
        var hidden_PTd = policy.Model.Decode(policy.InputEmbeddings(ids_PT, encoded), tensor(positions, 3, encoded.Length, longest).to(device), mask: null, into);
        var last = tensor(encoded.Select((p, row) => (long)row * longest + p.TokenIds.Length - 1).ToArray()).to(device);
        return hidden_PTd.reshape(-1, hidden_PTd.size(-1)).index_select(0, last);
    }

    /// <summary>Feeds each row its latest token; returns [R, d].</summary>
    private Tensor Forward()
    {
        var device = policy.Model.Device;
        int count = rows.Count, columns = (int)(cache.Length + 1 - cache.Start);
        var positions = new long[3 * count];
        for (int i = 0; i < positions.Length; i++) positions[i] = rows[i % count].Completion.Position;
        Tensor? visible_R11S = null;
        if (rows.Any(r => r.Start != cache.Start))
        {
            var visible = new bool[count * columns];
            for (int r = 0; r < count; r++) visible.AsSpan(r * columns, columns)[(int)(rows[r].Start - cache.Start)..].Fill(true);
            visible_R11S = tensor(visible, count, 1, 1, columns).to(device);
        }
        var ids_R1 = tensor(rows.Select(r => (long)r.Completion.Tokens[^1]).ToArray(), count, 1).to(device);
        return policy.Model.Decode(policy.Model.Embed(ids_R1), tensor(positions, 3, count, 1).to(device), visible_R11S, cache).squeeze(1);
    }

    /// <summary>Draws a token for each completion from the logits of its row.</summary>
    private void Sample(Tensor logits_RV, Func<int, IReadOnlyList<Completion>> completionsOf)
    {
        var host_RV = logits_RV.to(ScalarType.Float32).cpu().contiguous();
        int vocabulary = (int)host_RV.size(1);
        var all = MemoryMarshal.Cast<byte, float>(host_RV.bytes);
        for (int row = 0; row < host_RV.size(0); row++)
        {
            var logits = all.Slice(row * vocabulary, vocabulary);
            foreach (int token in policy.ForbiddenTokens) logits[token] = Policy.Forbidden;
            foreach (var completion in completionsOf(row)) completion.Sample(distribution, logits);
        }
    }

    /// <summary>The last row takes the place of one that ended.</summary>
    private void Leave(int row)
    {
        int last = rows.Count - 1;
        if (row != last) cache.MoveRow(last, row);
        rows[row] = rows[last];
        rows.RemoveAt(last);
    }

    private void MoveLeft()
    {
        long columns = Math.Min(cache.Start, cache.Length - longestPrompt);
        cache.DropColumns(columns);
        for (int row = 0; row < rows.Count; row++) rows[row] = (rows[row].Completion, rows[row].Start - columns);
    }
}
