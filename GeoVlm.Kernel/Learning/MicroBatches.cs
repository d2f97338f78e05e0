using System.Runtime.InteropServices;

namespace GeoVlm.Learning;

/// <summary>Splits a step's groups into micro-batches whose gradients add up, and makes them smaller when memory runs out.</summary>
/// <param name="size">Groups per micro-batch to begin with.</param>
internal sealed class MicroBatches(int size)
{
    private readonly List<string> notes = [];

    /// <summary>Groups per micro-batch as it is now.</summary>
    public int Size { get; private set; } = size;

    /// <summary>What happened: one line each time memory ran out.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Runs every micro-batch; begins anew with half the size when one runs out of memory.</summary>
    /// <param name="items">The groups.</param>
    /// <param name="begin">Forgets what an unfinished attempt left behind; called before each attempt.</param>
    /// <param name="work">Runs one micro-batch.</param>
    /// <exception cref="GeoVlmException">A single group does not fit.</exception>
    public IReadOnlyList<TResult> Run<TItem, TResult>(IReadOnlyList<TItem> items, Action begin, Func<IReadOnlyList<TItem>, TResult> work)
    {
        while (true)
        {
            begin();
            try
            {
                return [.. items.Chunk(Size).Select(chunk => work(chunk))];
            }
            catch (Exception e) when (IsOutOfMemory(e))
            {
                int used = Math.Min(Size, items.Count);
                if (used <= 1)
                    throw new GeoVlmException(
                        "one group does not fit into memory. Lower the group size, the completion length or the image size, or use LoRA.",
                        e
                    );
                Size = used / 2;
                notes.Add($"out of memory with {used} groups at once; going on with {Size}");
            }
            GC.Collect(); // frees what the failed attempt still held, before the next one asks for memory
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>Whether an exception says that memory ran out: .NET's own, libtorch's CPU allocator's, or CUDA's.</summary>
    public static bool IsOutOfMemory(Exception e) =>
        e is OutOfMemoryException
        || (
            e is ExternalException
            && (
                e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
                || e.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)
            )
        );
}
