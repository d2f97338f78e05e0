using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Keys and values of the tokens decoded so far, one row per sequence, allocated once for the longest.</summary>
/// <remarks>For sampling only: use it under <c>no_grad</c>. Each buffer is [rows, key/value heads, maximum length, head].</remarks>
public sealed class KeyValueCache : IDisposable
{
    private Tensor[] keys, values;

    /// <summary>Allocates the cache of a model.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="rows">Sequences.</param>
    /// <param name="maxLength">Most tokens per sequence, prompt included.</param>
    /// <param name="device">The model's device.</param>
    public KeyValueCache(Qwen25VlConfig config, long rows, long maxLength, Device device)
    {
        TextConfig text = config.Text;
        MaxLength = maxLength;
        keys = [.. Enumerable.Range(0, text.Layers).Select(_ => New())];
        values = [.. Enumerable.Range(0, text.Layers).Select(_ => New())];

        Tensor New() => empty([rows, text.KeyValueHeads, maxLength, text.HeadSize], dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
    }

    /// <summary>Tokens held per row.</summary>
    public long Length { get; private set; }

    /// <summary>Most tokens per row.</summary>
    public long MaxLength { get; }

    /// <summary>Sequences.</summary>
    public long Rows => keys[0].size(0);

    /// <summary>Makes <paramref name="count"/> copies of each row, side by side: after the prompts are read, one row per completion.</summary>
    public void ReplicateRows(int count)
    {
        using DisposeScope scope = NewDisposeScope();
        Rebuild(Rows * count, filled => filled.repeat_interleave(count, 0));
    }

    /// <summary>Keeps only some rows, in the given order: those whose completions go on.</summary>
    /// <param name="rows">int64 [kept], indices of rows.</param>
    public void KeepRows(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Rebuild(rows.size(0), filled => filled.index_select(0, rows));
    }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in keys) tensor.Dispose();
        foreach (Tensor tensor in values) tensor.Dispose();
    }

    /// <summary>Writes the keys and values of new tokens behind the others and returns all of a layer, the new ones included.</summary>
    /// <param name="layer">Layer.</param>
    /// <param name="key">[rows, heads, new tokens, head].</param>
    /// <param name="value">Likewise.</param>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value)
    {
        long added = key.size(2);
        keys[layer].narrow(2, Length, added).copy_(key);
        values[layer].narrow(2, Length, added).copy_(value);
        return (keys[layer].narrow(2, 0, Length + added), values[layer].narrow(2, 0, Length + added));
    }

    /// <summary>Checks that tokens may be appended.</summary>
    internal void Reserve(long rows, long tokens)
    {
        if (is_grad_enabled() && !is_inference_mode_enabled()) throw new InvalidOperationException("Decoding with a cache is for sampling; wrap it in torch.no_grad().");
        if (rows != Rows) throw new ArgumentException($"the batch has {rows} rows, the cache {Rows}");
        if (Length + tokens > MaxLength) throw new ArgumentException($"{Length} + {tokens} tokens do not fit a cache of {MaxLength}");
    }

    /// <summary>Counts tokens that every layer has appended.</summary>
    internal void Advance(long tokens) => Length += tokens;

    private void Rebuild(long rows, Func<Tensor, Tensor> select)
    {
        keys = [.. keys.Select(Replace)];
        values = [.. values.Select(Replace)];

        Tensor Replace(Tensor old)
        {
            Tensor fresh = empty([rows, old.size(1), MaxLength, old.size(3)], dtype: old.dtype, device: old.device);
            fresh.narrow(2, 0, Length).copy_(select(old.narrow(2, 0, Length)));
            old.Dispose();
            return fresh.DetachFromDisposeScope();
        }
    }
}
