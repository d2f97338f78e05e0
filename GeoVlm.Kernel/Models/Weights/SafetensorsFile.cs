using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using TorchSharp;

namespace GeoVlm.Models.Weights;

/// <summary>Where one tensor of a safetensors file lies.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">Its element type as the file writes it, such as <c>BF16</c>.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record SafetensorsEntry(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End);

/// <summary>A safetensors file, mapped into memory; tensors are copied out of it one at a time.</summary>
/// <remarks>
/// Layout: 8 bytes little-endian header length, a JSON header, the data. The whole header is checked before any tensor is made: the
/// tensors must cover the data without gap or overlap. Source: https://huggingface.co/docs/safetensors.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const long LargestHeader = 100_000_000;

    /// <summary>Elements that are copied at once.</summary>
    internal const long Piece = 1 << 24;

    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly long dataStart;

    private SafetensorsFile(string path, MemoryMappedFile map, MemoryMappedViewAccessor view, SafetensorsHeader header, long dataStart)
    {
        (Path, this.map, this.view, this.dataStart) = (path, map, view, dataStart);
        (Entries, Metadata) = (header.Entries, header.Metadata);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Every tensor by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>The free text under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps the file and checks its header.</summary>
    /// <exception cref="GeoVlmException">The file is missing, truncated or damaged; the
    /// message names file, tensor, found and expected.</exception>
    public static SafetensorsFile Open(string path)
    {
        // The Hugging Face cache is made of links, and the length of a link is that of its text.
        FileInfo file = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
        if (!file.Exists)
            throw new GeoVlmException($"{path}: no such file.");
        if (file.Length < 8)
            throw new GeoVlmException($"{path}: {file.Length} bytes are too few for a safetensors file; download it again.");
        MemoryMappedFile? map = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            view = map.CreateViewAccessor(0, file.Length, MemoryMappedFileAccess.Read);
            Span<byte> length = stackalloc byte[8];
            view.SafeMemoryMappedViewHandle.ReadSpan(0, length);
            ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(length);
            if (headerLength > LargestHeader)
                throw new GeoVlmException(
                    $"{path}: its header claims {headerLength} bytes, more than the format's limit of {LargestHeader}; this is no safetensors file."
                );
            if ((long)headerLength + 8 > file.Length)
                throw new GeoVlmException(
                    $"{path}: truncated within its header ({file.Length} bytes, header up to {headerLength + 8}); download it again."
                );
            byte[] json = new byte[headerLength];
            view.SafeMemoryMappedViewHandle.ReadSpan<byte>(8, json);
            long dataStart = 8 + (long)headerLength;
            return new(path, map, view, SafetensorsHeader.Parse(path, json, file.Length - dataStart), dataStart);
        }
        catch (Exception e)
        {
            view?.Dispose();
            map?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new GeoVlmException($"{path}: cannot be read ({e.Message})", e);
            throw;
        }
    }

    /// <summary>A copy of one tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Element type to convert to; null keeps the file's.</param>
    /// <param name="device">Where to put it; null is the CPU.</param>
    /// <exception cref="GeoVlmException">There is no such tensor, or libtorch has no such element type.</exception>
    public torch.Tensor Read(string name, torch.ScalarType? type = null, torch.Device? device = null)
    {
        if (!Entries.TryGetValue(name, out SafetensorsEntry? entry))
            throw new GeoVlmException($"{Path}: no tensor '{name}' among {Entries.Count}.");
        torch.ScalarType stored =
            SafetensorsTypes.ToTorch(entry.Type)
            ?? throw new GeoVlmException($"{Path}: tensor '{name}' is {entry.Type}, which cannot be read; convert it to BF16, F16 or F32.");
        torch.Tensor raw = torch.empty([.. entry.Shape], dtype: stored);
        using (torch.Tensor flat = raw.view(-1))
        {
            // In pieces: a span ends at 2 GiB, an embedding may not.
            for (long from = 0, count; from < flat.numel(); from += count)
            {
                count = Math.Min(Piece, flat.numel() - from);
                using torch.Tensor piece = flat.narrow(0, from, count);
                view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(dataStart + entry.Begin + from * raw.ElementSize), piece.bytes);
            }
        }
        if ((type ?? stored) == stored && (device is null || device.type == DeviceType.CPU))
            return raw;
        using (raw)
            return raw.to(type ?? stored, device ?? torch.CPU);
    }

    /// <summary>Unmaps the file; tensors read from it stay.</summary>
    public void Dispose()
    {
        view.Dispose();
        map.Dispose();
    }
}
