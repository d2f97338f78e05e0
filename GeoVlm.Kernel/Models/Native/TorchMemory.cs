using System.Globalization;
using System.Runtime.InteropServices;

namespace GeoVlm.Models.Native;

/// <summary>How this process's native memory is kept: what libtorch frees, and what it keeps for each shape it has met. Does nothing
/// without glibc.</summary>
/// <remarks>With both settings what libtorch's heap has in use stays the same from step to step (GRPO of the tiny checkpoint: 123 MB at step
/// 10, 122 at step 120; 128 and 245 MB where 1,024 shapes are kept). Steps of other lengths leave holes, until the heap has room for the
/// longest: 12 prompts of 12 completions hold 0.96 GB at step 20, 0.98 at step 60 and 0.99 at step 280.</remarks>
public static unsafe class TorchMemory
{
    // Compiled products of 120 to 240 kB each. A step meets some tens of shapes; the libraries would keep 1,024, and every new length of a
    // prompt or completion adds a few, in the midst of the tensors.
    private const int ShapesKept = 64;

    private const int MMapThreshold = -3,
        TrimThreshold = -1,
        TopPad = -2;

    /// <summary>To be called once, before libtorch is loaded.</summary>
    internal static void Prepare()
    {
        BoundCaches();
        KeepFreed();
    }

    /// <summary>Bytes that the C heap has given out and not got back, or 0 where glibc does not tell.</summary>
    public static long InUse
    {
        get
        {
            if (Find("mallinfo2") is not (var address and not 0))
                return 0;
            HeapInfo info = ((delegate* unmanaged[Cdecl]<HeapInfo>)address)();
            return (long)(info.InUse + info.Mapped);
        }
    }

    /// <summary>Gives freed memory back to the system once, so that what the process then holds is what it uses.</summary>
    public static void ReleaseFreed()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (Find("malloc_trim") is var trim and not 0)
            _ = ((delegate* unmanaged[Cdecl]<nuint, int>)trim)(0);
    }

    // Matrix products of each shape are compiled and kept, by oneDNN and by libtorch's layer above it. They read the C environment,
    // which .NET's own does not reach; what the user has set there stays.
    private static void BoundCaches()
    {
        if (Find("setenv") is not (var address and not 0))
            return;
        var setenv = (delegate* unmanaged[Cdecl]<byte*, byte*, int, int>)address;
        byte[] value = [.. System.Text.Encoding.ASCII.GetBytes(ShapesKept.ToString(CultureInfo.InvariantCulture)), 0];
        fixed (byte* shapes = value)
        fixed (byte* products = "ONEDNN_PRIMITIVE_CACHE_CAPACITY\0"u8)
        fixed (byte* layer = "LRU_CACHE_CAPACITY\0"u8)
        {
            _ = setenv(products, shapes, 0);
            _ = setenv(layer, shapes, 0);
        }
    }

    // By default glibc unmaps every large tensor and faults its pages in again: 242,000 page faults per training step against 26. With
    // tensors from 8 MB on unmapped as usual updates take 1.6 to 1.9 times as long.
    private static void KeepFreed()
    {
        if (Find("mallopt") is not (var address and not 0))
            return;
        var mallopt = (delegate* unmanaged[Cdecl]<int, int, int>)address;
        _ = mallopt(MMapThreshold, 1 << 30);
        _ = mallopt(TrimThreshold, int.MaxValue);
        _ = mallopt(TopPad, 64 << 20);
    }

    private static nint Find(string function) =>
        NativeLibrary.TryLoad("libc.so.6", out nint libc) && NativeLibrary.TryGetExport(libc, function, out nint address) ? address : 0;

    // glibc's struct mallinfo2: ten numbers, of which these two matter here.
    [StructLayout(LayoutKind.Explicit, Size = 80)]
    private struct HeapInfo
    {
        [FieldOffset(32)]
        public nuint Mapped;

        [FieldOffset(56)]
        public nuint InUse;
    }
}
