namespace GeoVlm.Data.Rows;

/// <summary>A decompressing stream that refuses to give more than a stated number of bytes, so that a bomb ends in an error.</summary>
/// <param name="inner">The stream; disposed with this one.</param>
/// <param name="limit">Most bytes.</param>
/// <param name="name">What errors call the file.</param>
internal sealed class BoundedStream(Stream inner, long limit, string name) : Stream
{
    private long given;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => given;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        given += count;
        if (given > limit)
            throw new GeoVlmException(
                $"{name}: unpacks to more than {limit:N0} bytes. If it is to be trusted, unpack it yourself; otherwise remove it."
            );
        return count;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
