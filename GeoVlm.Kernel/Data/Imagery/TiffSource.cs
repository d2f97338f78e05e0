using BitMiracle.LibTiff.Classic;

namespace GeoVlm.Data.Imagery;

/// <summary>The bytes of a TIFF for LibTiff, counted as they are read.</summary>
internal sealed class TiffSource(Stream stream) : TiffStream
{
    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Reads at an offset, past LibTiff; throws <see cref="InvalidDataException"/> where the file ends before.</summary>
    public void ReadAt(long offset, Span<byte> target)
    {
        stream.Position = offset;
        BytesRead += target.Length;
        if (stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length)
            throw new InvalidDataException("the image data is cut short");
    }

    /// <inheritdoc/>
    public override int Read(object clientData, byte[] buffer, int offset, int count)
    {
        int read = stream.Read(buffer, offset, count);
        BytesRead += read;
        return read;
    }

    /// <inheritdoc/>
    public override long Seek(object clientData, long offset, SeekOrigin origin) =>
        offset < 0 && origin == SeekOrigin.Begin ? -1 : stream.Seek(offset, origin);

    /// <inheritdoc/>
    public override long Size(object clientData) => stream.Length;

    /// <inheritdoc/>
    public override void Write(object clientData, byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("TIFF files are only read");

    /// <inheritdoc/>
    public override void Close(object clientData) => stream.Dispose();
}
