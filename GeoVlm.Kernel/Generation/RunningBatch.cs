using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Generation;

/// <summary>The completions that are being sampled now: they share every forward pass, leave when they end, and others take their places.</summary>
/// <remarks>Legend: R completions, P prompts, T tokens of the longest prompt, V vocabulary, d hidden size.</remarks>
internal sealed class RunningBatch : IDisposable
{
    private const int PrefillTokens = 8192;

    private readonly Policy policy;
    private readonly SamplingDistribution distribution;
    private readonly KeyValueCache cache;
    private readonly Tensor? starts_R;
    private readonly List<Completion> rows = [];
    private readonly List<long> starts = [];
    private readonly Queue<IReadOnlyList<Completion>> groups;
    private readonly Queue<(Completion Completion, int PromptRow)> ready = [];
    private readonly long longestPrompt;
    private KeyValueCache? prompts;

    /// <summary>Prepares to sample groups of completions; each group shares one prompt.</summary>
    public RunningBatch(Policy policy, IReadOnlyList<IReadOnlyList<Completion>> groups, SamplingOptions options, int mostRows)
    {
        (this.policy, this.groups) = (policy, new(groups));
        distribution = new SamplingDistribution(options);
        longestPrompt = groups.Max(g => g[0].Prompt.TokenIds.Length);
        int all = groups.Sum(g => g.Count), capacity = Math.Min(all, mostRows);
        // Rows that enter late write further to the right; the slack makes it rare that everything must move back to the left.
        long slack = all > capacity ? Math.Max(16, options.MaxNewTokens / 2) : 0;
        cache = new KeyValueCache(policy.Model.Config, capacity, longestPrompt + options.MaxNewTokens + slack, policy.Model.Device, policy.Model.Type) { Rows = 0 };
        cache.StartAt(longestPrompt);
    }

    /// <summary>Whether anything is left to sample.</summary>
    public bool Active => rows.Count + ready.Count + groups.Count > 0;

    /// <summary>Lets waiting completions in, then samples one token for every running one.</summary>
    public void Step()
    {
        Admit();
        if (rows.Count == 0) return;
        using var scope = NewDisposeScope();
        if (cache.Length == cache.MaxLength) cache.DropColumns(Math.Min(cache.Start, cache.Length - longestPrompt));
        Sample(Forward());
        for (int row = rows.Count - 1; row >= 0; row--)
            if (rows[row].Finished) Remove(row);
        SetRows();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cache.Dispose();
        prompts?.Dispose();
        starts_R?.Dispose();
    }
}
