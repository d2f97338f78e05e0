using System.Text;

namespace GeoVlm.Tests.Judging.Rewards;

/// <summary>The smallest model in ONNX form that a sentence encoder can be: a table of vectors, looked up by token id.</summary>
internal static class OnnxTable
{
    private const int Float = 1,
        Int64 = 7;

    /// <summary>The bytes of the model: Gather(table, input_ids), [1, tokens] to [1, tokens, width].</summary>
    public static byte[] Of(float[] table, int rows, int width)
    {
        byte[] raw = new byte[table.Length * 4];
        Buffer.BlockCopy(table, 0, raw, 0, raw.Length);
        byte[] node = [.. Text(1, "table"), .. Text(1, "input_ids"), .. Text(2, "states"), .. Text(4, "Gather")];
        byte[] tensor = [.. Number(1, rows), .. Number(1, width), .. Number(2, Float), .. Text(8, "table"), .. Bytes(9, raw)];
        byte[] graph =
        [
            .. Bytes(1, node),
            .. Text(2, "g"),
            .. Bytes(5, tensor),
            .. Bytes(11, Value("input_ids", Int64, [Number(1, 1), Text(2, "tokens")])),
            .. Bytes(12, Value("states", Float, [Number(1, 1), Text(2, "tokens"), Number(1, width)])),
        ];
        return [.. Number(1, 8), .. Bytes(7, graph), .. Bytes(8, [.. Text(1, ""), .. Number(2, 13)])];
    }

    private static byte[] Value(string name, int type, byte[][] dimensions) =>
        [.. Text(1, name), .. Bytes(2, Bytes(1, [.. Number(1, type), .. Bytes(2, [.. dimensions.SelectMany(d => Bytes(1, d))])]))];

    // Protocol buffers: a field's number and kind, then a varint, or a length and that many bytes.
    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] bytes) => [.. Varint(field << 3 | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value & 127 | 128));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
