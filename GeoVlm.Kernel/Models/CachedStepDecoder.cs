using System.Runtime.InteropServices;
using GeoVlm.Models.Native;
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
        MakeRoom();
        var logits = Next(Ids(tokens), Axes(positions), Visible(Columns));
        logits_RV = logits.to(ScalarType.Float32).cpu().contiguous().DetachFromDisposeScope();
        return MemoryMarshal.Cast<byte, float>(logits_RV.bytes);
    }

    /// <summary>Feeds every row its latest token and then each that is drawn; nothing waits for the device before all are.</summary>
    /// <param name="tokens">[R] tokens.</param>
    /// <param name="positions">[R] their positions, the same on the three axes.</param>
    /// <param name="steps">Tokens to draw for each row, at least 1; fewer are drawn where the buffer ends.</param>
    /// <param name="draw">Told how many were drawn before, and the logits [R, V]: gives [n, R] on the same device, the tokens in the first
    /// row.</param>
    /// <returns>What was drawn, on the CPU: float64 [steps, n, R].</returns>
    public double[,,] Run(ReadOnlySpan<int> tokens, ReadOnlySpan<long> positions, int steps, Func<int, Tensor, Tensor> draw)
    {
        using var scope = NewDisposeScope();
        MakeRoom();
        steps = (int)Math.Min(steps, cache.MaxLength - cache.Length);
        var (ids_R1, axes_3R1, visible) = (Ids(tokens), Axes(positions), Visible(Columns + steps - 1));
        var drawn = new Tensor[steps];
        for (int s = 0; s < steps; s++)
        {
            using var one = NewDisposeScope();
            drawn[s] = draw(s, Next(ids_R1, axes_3R1, visible?.narrow(-1, 0, Columns))).MoveToOuterDisposeScope();
            ids_R1 = drawn[s][0].to(ScalarType.Int64).unsqueeze(1).MoveToOuterDisposeScope();
            axes_3R1.add_(1);
        }
        using var all = stack(drawn).to(ScalarType.Float64).cpu();
        var result = new double[steps, all.size(1), all.size(2)];
        MemoryMarshal.Cast<byte, double>(all.bytes).CopyTo(MemoryMarshal.CreateSpan(ref result[0, 0, 0], result.Length));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        logits_RV?.Dispose();
        cache.Dispose();
    }

    /// <summary>Columns that attention reads for the next token, its own included.</summary>
    private int Columns => (int)(cache.Length + 1 - cache.Start);

    private void MakeRoom()
    {
        (cache.Rows, cache.Start) = (starts.Count, starts.Min());
        if (cache.Length == cache.MaxLength)
            MoveLeft();
    }

    private Tensor Next(Tensor ids_R1, Tensor axes_3R1, Tensor? visible) =>
        model.Logits(model.Decode(model.Embed(ids_R1), axes_3R1, visible, cache).squeeze(1));

    private Tensor Ids(ReadOnlySpan<int> tokens)
    {
        var ids = new long[tokens.Length];
        for (int row = 0; row < ids.Length; row++)
            ids[row] = tokens[row];
        return tensor(ids, ids.Length, 1).Upload(model.Device);
    }

    private Tensor Axes(ReadOnlySpan<long> positions)
    {
        var axes = new long[3 * positions.Length];
        for (int axis = 0; axis < 3; axis++)
            positions.CopyTo(axes.AsSpan(axis * positions.Length));
        return tensor(axes, 3, positions.Length, 1).Upload(model.Device);
    }

    private Tensor? Visible(int columns)
    {
        if (starts.All(s => s == cache.Start))
            return null;
        var visible = new bool[starts.Count * columns];
        for (int row = 0; row < starts.Count; row++)
            visible.AsSpan(row * columns, columns)[(int)(starts[row] - cache.Start)..].Fill(true);
        return tensor(visible, starts.Count, 1, 1, columns).Upload(model.Device);
    }

    private void MoveLeft()
    {
        long columns = Math.Min(cache.Start, cache.Length - longestPrompt);
        cache.DropColumns(columns);
        for (int row = 0; row < starts.Count; row++)
            starts[row] -= columns;
    }
}
