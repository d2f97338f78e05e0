using System.Runtime.InteropServices;

namespace GeoVlm.Models.Native;

/// <summary>Float arrays outside the managed heap, each on a cache line of its own; all are freed together at the latest.</summary>
internal sealed unsafe class HostMemory : IDisposable
{
    private const int CacheLine = 64;

    private readonly HashSet<nint> taken = [];

    /// <summary>Allocates numbers, which are not set; memory that is never touched costs nothing.</summary>
    public float* Take(long count)
    {
        var block = (float*)NativeMemory.AlignedAlloc((nuint)(Math.Max(1, count) * sizeof(float)), CacheLine);
        taken.Add((nint)block);
        return block;
    }

    /// <summary>Frees one array.</summary>
    public void Return(float* block)
    {
        if (taken.Remove((nint)block))
            NativeMemory.AlignedFree(block);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint block in taken)
            NativeMemory.AlignedFree((void*)block);
        taken.Clear();
    }
}
