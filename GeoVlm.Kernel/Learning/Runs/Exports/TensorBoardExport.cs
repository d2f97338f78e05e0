using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using GeoVlm.Models.Weights;

namespace GeoVlm.Learning.Runs.Exports;

/// <summary>Event files of TensorBoard: records of TFRecord framing, each an <c>Event</c> message with scalar summaries.</summary>
/// <remarks>
/// A record is its length (8 bytes), the masked CRC-32C of these, the message, and its masked CRC-32C, all little-endian. Sources: TFRecord
/// in TensorFlow's documentation; event.proto and summary.proto (Event: 1 wall_time, 2 step, 3 file_version, 5 summary; Value: 1 tag, 2
/// simple_value).
/// </remarks>
public sealed class TensorBoardExport : IRunExport
{
    private const uint MaskDelta = 0xA282EAD8;

    /// <inheritdoc/>
    public string Name => "tensorboard";

    /// <inheritdoc/>
    public string Summary => "event files, a folder for each run: tensorboard --logdir OUT";

    /// <inheritdoc/>
    public string Write(RunSummary run, string name, string folder)
    {
        long began = run.Environment.Started.ToUnixTimeSeconds();
        string path = Path.Combine(folder, name, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{began}.geovlm"));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(
            path,
            stream =>
            {
                WriteRecord(stream, Event(run.Environment.Started, 0, m => Bytes(m, 3, "brain.Event:2"u8)));
                foreach (var step in RunScalars.Of(run))
                    WriteRecord(
                        stream,
                        Event(
                            step.At,
                            step.Step,
                            m =>
                                Bytes(
                                    m,
                                    5,
                                    Message(summary =>
                                    {
                                        foreach (var (tag, value) in step.Values)
                                            Bytes(summary, 1, Message(v => Scalar(v, tag, (float)value)));
                                    })
                                )
                        )
                    );
            }
        );
        return path;
    }

    private static byte[] Event(DateTimeOffset at, long step, Action<Stream> content) =>
        Message(m =>
        {
            Span<byte> time = stackalloc byte[9];
            time[0] = 1 << 3 | 1; // field 1, 64 bits
            BinaryPrimitives.WriteDoubleLittleEndian(time[1..], at.ToUnixTimeMilliseconds() / 1000.0);
            m.Write(time);
            m.WriteByte(2 << 3); // field 2, varint
            Varint(m, (ulong)step);
            content(m);
        });

    private static void Scalar(Stream message, string tag, float value)
    {
        Bytes(message, 1, Encoding.UTF8.GetBytes(tag));
        Span<byte> field = stackalloc byte[5];
        field[0] = 2 << 3 | 5; // field 2, 32 bits
        BinaryPrimitives.WriteSingleLittleEndian(field[1..], value);
        message.Write(field);
    }

    private static byte[] Message(Action<Stream> write)
    {
        using var bytes = new MemoryStream();
        write(bytes);
        return bytes.ToArray();
    }

    private static void Bytes(Stream message, int field, ReadOnlySpan<byte> content)
    {
        message.WriteByte((byte)(field << 3 | 2)); // length-delimited
        Varint(message, (ulong)content.Length);
        message.Write(content);
    }

    private static void Varint(Stream message, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            message.WriteByte((byte)(value | 0x80));
        message.WriteByte((byte)value);
    }

    private static void WriteRecord(Stream stream, ReadOnlySpan<byte> message)
    {
        Span<byte> header = stackalloc byte[12],
            footer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Masked(header[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Masked(message));
        stream.Write(header);
        stream.Write(message);
        stream.Write(footer);
    }

    // Masked, so that a checksum of data that holds checksums stays a good one.
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
