using System.Text;

namespace GeoVlm.Data.Rows;

/// <summary>Reads bytes that are not UTF-8 as Latin-1, as spreadsheets on Western machines write them, and remembers that it had
/// to.</summary>
internal sealed class Latin1Fallback : DecoderFallback
{
    /// <summary>True once such a byte has been read.</summary>
    public bool WasUsed { get; private set; }

    /// <inheritdoc/>
    public override int MaxCharCount => 4;

    /// <summary>UTF-8 that falls back so.</summary>
    public Encoding Encoding() => System.Text.Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, this);

    /// <inheritdoc/>
    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(this);

    private sealed class Buffer(Latin1Fallback owner) : DecoderFallbackBuffer
    {
        private byte[] bytes = [];
        private int at;

        public override int Remaining => bytes.Length - at;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            owner.WasUsed = true;
            (bytes, at) = ([.. bytesUnknown], 0);
            return true;
        }

        public override char GetNextChar() => at < bytes.Length ? (char)bytes[at++] : '\0';

        public override bool MovePrevious()
        {
            if (at == 0)
                return false;
            at--;
            return true;
        }
    }
}
