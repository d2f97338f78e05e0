using GeoVlm.Models.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Keys and values of the tokens decoded so far, one row per sequence,
/// allocated once for the most rows and the longest sequence.</summary>
/// <remarks>
/// For sampling only: use it under <c>no_grad</c>. Each buffer is [capacity, key/value heads, maximum length, head]. All rows write the
/// same column; a row that enters late has its prompt to the left of that column, so rows may start at different columns and a mask hides
/// what lies before. Positions are in the keys, so it does not matter in which column one lies.
/// </remarks>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] buffers; // keys of every layer, then values

    /// <summary>Allocates the cache of a model.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="rows">Sequences; all are in use at first.</param>
    /// <param name="maxLength">Most tokens per sequence, prompt included.</param>
    /// <param name="device">The model's device.</param>
    /// <param name="type">The model's number type.</param>
    public KeyValueCache(Qwen25VlConfig config, long rows, long maxLength, Device device, ScalarType type = ScalarType.Float32)
    {
        TextConfig text = config.Text;
        (MaxLength, Capacity, Rows) = (maxLength, rows, rows);
        // Not empty: a masked column counts 0 times what it holds, and 0 times a stray NaN is NaN.
        buffers =
        [
            .. Enumerable
                .Range(0, 2 * text.Layers)
                .Select(_ =>
                    zeros([rows, text.KeyValueHeads, maxLength, text.HeadSize], dtype: type, device: device).DetachFromDisposeScope()
                ),
        ];
    }

    /// <summary>The column that the next token takes.</summary>
    public long Length { get; private set; }

    /// <summary>The first column that a row in use needs; those before it are left out of attention.</summary>
    public long Start { get; internal set; }

    /// <summary>Most columns.</summary>
    public long MaxLength { get; }

    /// <summary>Most sequences.</summary>
    public long Capacity { get; }

    /// <summary>Sequences in use, the first ones of the buffer.</summary>
    public long Rows { get; internal set; }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        foreach (Tensor buffer in buffers)
            buffer.Dispose();
    }

    /// <summary>Copies a row over another.</summary>
    internal void MoveRow(long from, long to)
    {
        foreach (Tensor buffer in buffers)
            Copy(buffer, from, Start, buffer, to, Start, Length - Start);
    }

    /// <summary>Takes a prompt's keys and values, so that its last token lies before the next column.</summary>
    /// <param name="prompts">A cache of prompts that start at column 0.</param>
    /// <param name="promptRow">The prompt.</param>
    /// <param name="tokens">Its length.</param>
    /// <param name="row">Where to.</param>
    internal void TakePrompt(KeyValueCache prompts, long promptRow, long tokens, long row)
    {
        for (int i = 0; i < buffers.Length; i++)
            Copy(prompts.buffers[i], promptRow, 0, buffers[i], row, Length - tokens, tokens);
    }

    /// <summary>Copies the first tokens of a row of a cache on the CPU to plain memory: [layers, keys then values, heads, tokens, head].</summary>
    /// <typeparam name="TNumber"><see cref="float"/>, or <see cref="ushort"/> for a bfloat16's bits.</typeparam>
    internal unsafe void CopyTo<TNumber>(long row, int tokens, float* target)
        where TNumber : unmanaged
    {
        int layers = buffers.Length / 2;
        for (int i = 0; i < buffers.Length; i++)
        {
            using Tensor mine = buffers[i].select(0, row);
            int heads = (int)mine.size(0),
                columns = (int)mine.size(1),
                head = (int)mine.size(2);
            float* to = target + ((long)(i % layers) * 2 + i / layers) * heads * tokens * head;
            fixed (byte* source = mine.bytes)
                for (int h = 0; h < heads; h++)
                    HostKernels.Copy((TNumber*)source + (long)h * columns * head, to + (long)h * tokens * head, tokens * head);
        }
    }

    /// <summary>Moves everything to the left by some columns, which no row in use needs.</summary>
    internal void DropColumns(long columns)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor buffer in buffers)
            buffer.narrow(2, 0, Length - columns).copy_(buffer.narrow(2, columns, Length - columns).clone());
        (Length, Start) = (Length - columns, Start - columns);
    }

    /// <summary>Sets the column that the next token takes, before anything is written.</summary>
    internal void StartAt(long column) => Length = column;

    /// <summary>Writes the keys and values of new tokens and returns all of a layer from
    /// <see cref="Start"/> on, the new ones included.</summary>
    /// <param name="layer">Layer.</param>
    /// <param name="key">[rows, heads, new tokens, head].</param>
    /// <param name="value">Likewise.</param>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value) =>
        (Append(buffers[layer], key), Append(buffers[layer + buffers.Length / 2], value));

    /// <summary>Checks that tokens may be appended.</summary>
    internal void Reserve(long rows, long tokens)
    {
        if (is_grad_enabled() && !is_inference_mode_enabled())
            throw new InvalidOperationException("Decoding with a cache is for sampling; wrap it in torch.no_grad().");
        if (rows != Rows)
            throw new ArgumentException($"the batch has {rows} rows, the cache {Rows}");
        if (Length + tokens > MaxLength)
            throw new ArgumentException($"{Length} + {tokens} tokens do not fit a cache of {MaxLength}");
    }

    /// <summary>Counts tokens that every layer has appended.</summary>
    internal void Advance(long tokens) => Length += tokens;

    private Tensor Append(Tensor buffer, Tensor added)
    {
        long tokens = added.size(2);
        using Tensor inUse = buffer.narrow(0, 0, Rows);
        using (Tensor place = inUse.narrow(2, Length, tokens))
            place.copy_(added).Dispose();
        return inUse.narrow(2, Start, Length + tokens - Start);
    }

    private static void Copy(Tensor from, long fromRow, long fromColumn, Tensor to, long toRow, long toColumn, long columns)
    {
        using DisposeScope scope = NewDisposeScope();
        to.select(0, toRow).narrow(1, toColumn, columns).copy_(from.select(0, fromRow).narrow(1, fromColumn, columns));
    }
}
