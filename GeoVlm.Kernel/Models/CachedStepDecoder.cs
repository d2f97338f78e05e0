using System.Runtime.InteropServices;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>Step decoding by libtorch on any device, with one key/value buffer whose rows all write the same column.</summary>
/// <remarks>A row that enters late has its prompt to the left of that column, and a mask hides what lies before. Use it within a dispose
/// scope, under <c>no_grad</c>.</remarks>
internal sealed class CachedStepDecoder : IStepDecoder
{
    private readonly VisionLanguageModel model;
    private readonly KeyValueCache cache;
    private readonly List<long> starts = [];
    private readonly long longestPrompt;
    private Tensor? logits_RV;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="capacity">Most sequences.</param>
    /// <param name="longestPrompt">Tokens of the longest prompt.</param>
    /// <param name="newTokens">Most tokens after a prompt.</param>
    /// <param name="crowded">Whether sequences wait for a place; those that enter late write further to the right.</param>
    public CachedStepDecoder(VisionLanguageModel model, int capacity, int longestPrompt, int newTokens, bool crowded)
    {
        (this.model, this.longestPrompt) = (model, longestPrompt);
        // The slack makes it rare that everything must move back to the left.
        long slack = crowded ? Math.Max(16, newTokens / 2) : 0;
        cache = new KeyValueCache(model.Config, capacity, longestPrompt + newTokens + slack, model.Device, model.Type);
        cache.StartAt(longestPrompt);
    }

    /// <inheritdoc/>
    public int Capacity => (int)cache.Capacity;

    /// <inheritdoc/>
    public void Enter(KeyValueCache prompts, int promptRow, int tokens)
    {
        cache.TakePrompt(prompts, promptRow, tokens, starts.Count);
        starts.Add(cache.Length - tokens);
    }

    /// <inheritdoc/>
    public void Leave(int row)
    {
        int last = starts.Count - 1;
        if (row != last)
            cache.MoveRow(last, row);
        starts[row] = starts[last];
        starts.RemoveAt(last);
    }

    /// <inheritdoc/>
    public Span<float> Step(ReadOnlySpan<int> tokens, ReadOnlySpan<long> positions)
    {
        using var scope = NewDisposeScope();
        logits_RV?.Dispose();
        int count = starts.Count;
        (cache.Rows, cache.Start) = (count, starts.Min());
        if (cache.Length == cache.MaxLength)
            MoveLeft();
        int columns = (int)(cache.Length + 1 - cache.Start);
        var (ids, axes) = (new long[count], new long[3 * count]);
        for (int row = 0; row < count; row++)
            ids[row] = tokens[row];
        for (int axis = 0; axis < 3; axis++)
            positions.CopyTo(axes.AsSpan(axis * count));
        var hidden_R1d = model.Decode(
            model.Embed(tensor(ids, count, 1).to(model.Device)),
            tensor(axes, 3, count, 1).to(model.Device),
            Visible(columns),
            cache
        );
        logits_RV = model.Logits(hidden_R1d.squeeze(1)).to(ScalarType.Float32).cpu().contiguous().DetachFromDisposeScope();
        return MemoryMarshal.Cast<byte, float>(logits_RV.bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        logits_RV?.Dispose();
        cache.Dispose();
    }

    private Tensor? Visible(int columns)
    {
        if (starts.All(s => s == cache.Start))
            return null;
        var visible = new bool[starts.Count * columns];
        for (int row = 0; row < starts.Count; row++)
            visible.AsSpan(row * columns, columns)[(int)(starts[row] - cache.Start)..].Fill(true);
        return tensor(visible, starts.Count, 1, 1, columns).to(model.Device);
    }

    private void MoveLeft()
    {
        long columns = Math.Min(cache.Start, cache.Length - longestPrompt);
        cache.DropColumns(columns);
        for (int row = 0; row < starts.Count; row++)
            starts[row] -= columns;
    }
}
