using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace GeoVlm.Data.Rows;

/// <summary>A file as memory that the operating system reads when it is touched. </summary>
/// <remarks>Unless it is disposed it stays mapped until the process ends: record batches made of it point into it. That costs address
/// space, not memory.</remarks>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly int length;
    private byte* pointer;

    /// <exception cref="GeoVlmException">The file is empty, or larger than one span can be.</exception>
    public MappedFile(string path)
    {
        long size = (new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? new FileInfo(path)).Length;
        if (size == 0)
            throw new GeoVlmException($"{path}: the file is empty. Fetch it again.");
        if (size > int.MaxValue)
            throw new GeoVlmException(
                $"{path}: {size:N0} bytes, more than the {int.MaxValue:N0} that are read of one file. Write it in shards."
            );
        length = (int)size;
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
    }

    public override Span<byte> GetSpan() => new(pointer, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(pointer + elementIndex, default, this);

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        if (pointer == null)
            return;
        pointer = null;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }
}
