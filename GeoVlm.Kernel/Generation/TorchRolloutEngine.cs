using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Generation;

/// <summary>Samples from a policy in this process: each prompt with its image is prefilled once for its whole group.</summary>
/// <remarks>Legend: P prompts, G completions each, R = P·G rows still running, S cached positions, V vocabulary, d hidden size.</remarks>
/// <param name="policy">The model; not owned.</param>
public sealed class TorchRolloutEngine(Policy policy) : IRolloutEngine
{
    /// <inheritdoc/>
    public IReadOnlyList<RolloutGroup> Generate(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken cancellation = default)
    {
        if (prompts.Count == 0) return [];
        return [.. Lanes.Run(prompts, Lanes.For(policy.Model), part => GenerateBatch(part, options, cancellation)).SelectMany(groups => groups)];
    }

    private List<RolloutGroup> GenerateBatch(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken cancellation)
    {
        using var noGrad = inference_mode();
        using var scope = NewDisposeScope();
        using var computing = policy.Computing();
        var encoded = prompts.Select(policy.Encode).ToArray();
        int longest = encoded.Max(p => p.TokenIds.Length), groupSize = Math.Max(1, options.GroupSize);
        var rows = new List<Row>(encoded.Length * groupSize);
        for (int p = 0; p < encoded.Length; p++)
            for (int g = 0; g < groupSize; g++)
                rows.Add(new Row(encoded[p], new SeededRandom(Seed.Derive(options.Seed, prompts[p].Sample.Id, prompts[p].Text, g))));
        var all = rows.ToArray();

        using var cache = new KeyValueCache(policy.Model.Config, encoded.Length, longest + options.MaxNewTokens, policy.Model.Device);
        var hidden_Rd = Prefill(encoded, longest, cache).repeat_interleave(groupSize, 0);
        cache.ReplicateRows(groupSize);
        for (int step = 0; step < options.MaxNewTokens; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            Sample(rows, hidden_Rd, options.Temperature);
            var running = Enumerable.Range(0, rows.Count).Where(r => !rows[r].Finished).ToArray();
            if (running.Length == 0 || step + 1 == options.MaxNewTokens) break;
            // A finished row costs as much as a running one, and so does moving the cache: compact when a quarter has ended.
            if (running.Length <= rows.Count * 3 / 4)
            {
                using var kept = tensor(running.Select(r => (long)r).ToArray()).to(policy.Model.Device);
                cache.KeepRows(kept);
                rows = [.. running.Select(r => rows[r])];
            }
            hidden_Rd.Dispose();
            hidden_Rd = Advance(rows, longest, step, cache).MoveToOuterDisposeScope();
        }
        return [.. prompts.Select((prompt, p) =>
            new RolloutGroup(prompt, encoded[p].Frame, [.. all.Skip(p * groupSize).Take(groupSize).Select(row => row.ToRollout(policy.Tokenizer))]))];
    }

    /// <summary>Runs all prompts, right-padded; returns [P, d], the state that predicts each one's first token.</summary>
    private Tensor Prefill(EncodedPrompt[] prompts, int longest, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        var ids = new long[prompts.Length * longest];
        var positions = new long[3 * prompts.Length * longest];
        for (int p = 0; p < prompts.Length; p++)
        {
            int count = prompts[p].TokenIds.Length;
            for (int t = 0; t < count; t++)
            {
                ids[p * longest + t] = prompts[p].TokenIds[t];
                for (int axis = 0; axis < 3; axis++) positions[(axis * prompts.Length + p) * longest + t] = prompts[p].Positions[axis * count + t];
            }
        }
        var device = policy.Model.Device;
        var ids_PT = tensor(ids, prompts.Length, longest).to(device);
        // Padding stands to the right, so under the causal mask no real token sees it; decoding masks its keys out.
        var hidden_PTd = policy.Model.Decode(policy.InputEmbeddings(ids_PT, prompts), tensor(positions, 3, prompts.Length, longest).to(device), mask: null, cache);
        var last = tensor(prompts.Select((p, row) => (long)row * longest + p.TokenIds.Length - 1).ToArray()).to(device);
        return hidden_PTd.reshape(-1, hidden_PTd.size(-1)).index_select(0, last).MoveToOuterDisposeScope();
    }

    /// <summary>Feeds each row its latest token; returns [R, d].</summary>
    private Tensor Advance(List<Row> rows, int longest, int step, KeyValueCache cache)
    {
        var device = policy.Model.Device;
        int count = rows.Count, cached = longest + step + 1;
        var positions = new long[3 * count];
        var visible = new bool[count * cached];
        for (int r = 0; r < count; r++)
        {
            for (int axis = 0; axis < 3; axis++) positions[axis * count + r] = rows[r].Prompt.NextPosition + step;
            visible.AsSpan(r * cached, rows[r].Prompt.TokenIds.Length).Fill(true);
            visible.AsSpan(r * cached + longest, step + 1).Fill(true);
        }
        var ids_R1 = tensor(rows.Select(r => (long)r.Tokens[^1]).ToArray(), count, 1).to(device);
        var hidden_R1d = policy.Model.Decode(
            policy.Model.Embed(ids_R1), tensor(positions, 3, count, 1).to(device), tensor(visible, count, 1, 1, cached).to(device), cache);
        return hidden_R1d.squeeze(1);
    }

    /// <summary>Draws the next token of every running row by inverse CDF from the row's own random stream, whatever the rest of the batch.</summary>
    private void Sample(List<Row> rows, Tensor hidden_Rd, double temperature)
    {
        var logProbs_RV = policy.NextTokenLogProbs(hidden_Rd, temperature > 0 ? temperature : 1);
        long[] chosen;
        if (temperature > 0)
        {
            int vocabulary = (int)logProbs_RV.size(1);
            float[] probabilities = logProbs_RV.exp().cpu().data<float>().ToArray();
            chosen = [.. rows.Select((row, r) => row.Finished ? 0 : Draw(probabilities.AsSpan(r * vocabulary, vocabulary), row.Random.NextDouble()))];
        }
        else
        {
            chosen = logProbs_RV.argmax(-1).cpu().data<long>().ToArray();
        }
        float[] logProbs = logProbs_RV.gather(1, tensor(chosen, chosen.Length, 1).to(logProbs_RV.device)).cpu().data<float>().ToArray();
        for (int r = 0; r < rows.Count; r++)
            if (!rows[r].Finished) rows[r].Add((int)chosen[r], logProbs[r], policy.StopTokens);
    }

    private static long Draw(ReadOnlySpan<float> probabilities, double uniform)
    {
        double cumulative = 0;
        int last = 0;
        for (int v = 0; v < probabilities.Length; v++)
        {
            if (probabilities[v] <= 0) continue;
            cumulative += probabilities[v];
            last = v;
            if (uniform < cumulative) return v;
        }
        return last;   // the probabilities sum to a little less than 1 in single precision
    }

    private sealed class Row(EncodedPrompt prompt, SeededRandom random)
    {
        public EncodedPrompt Prompt { get; } = prompt;
        public SeededRandom Random { get; } = random;
        public List<int> Tokens { get; } = [];
        private readonly List<float> logProbs = [];
        public bool Finished { get; private set; }

        public void Add(int token, float logProb, IReadOnlyList<int> stopTokens)
        {
            Tokens.Add(token);
            logProbs.Add(logProb);
            Finished = stopTokens.Contains(token);
        }

        public Rollout ToRollout(Models.Tokens.TextTokenizer tokenizer) =>
            new(tokenizer.Decode(Tokens), [.. Tokens], [.. logProbs], Finished ? FinishReason.Stop : FinishReason.Length);
    }
}
