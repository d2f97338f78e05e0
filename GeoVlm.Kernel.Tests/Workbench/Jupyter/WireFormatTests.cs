using System.Text;
using GeoVlm.Workbench.Jupyter;

namespace GeoVlm.Tests.Workbench.Jupyter;

public class WireFormatTests
{
    [Fact]
    public void The_signature_is_hmac_sha256_of_the_parts_in_order()
    {
        // RFC 4231, test case 2, with the data cut into parts.
        byte[] signature = new MessageSigner("Jefe").Sign(
            "what do "u8.ToArray(),
            "ya want "u8.ToArray(),
            "for "u8.ToArray(),
            "nothing?"u8.ToArray()
        );
        Assert.Equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", Encoding.ASCII.GetString(signature));
    }

    [Fact]
    public void A_message_survives_the_wire_with_identities_and_buffers()
    {
        WireFormat wire = new(new MessageSigner("key"));
        Message sent = Message.Create(
            "comm_msg",
            new() { ["text"] = "地球 🛰️ \ud83d" },
            new() { ["msg_id"] = "p" },
            ["a"u8.ToArray(), "b"u8.ToArray()]
        ) with
        {
            Buffers =
            [
                [1, 2, 0],
            ],
        };
        Message got = wire.Read(wire.Write(sent), out string fault)!;
        Assert.Equal("", fault);
        Assert.Equal(sent.Identities, got.Identities);
        Assert.Equal(sent.Buffers, got.Buffers);
        Assert.Equal("comm_msg", got.Type);
        Assert.Equal("p", got.Parent["msg_id"]!.GetValue<string>());
        Assert.Equal("地球 🛰️ \ufffd", got.Text("text"));
    }

    [Theory]
    [InlineData(1)] // signature
    [InlineData(2)] // header
    [InlineData(3)] // parent
    [InlineData(4)] // metadata
    [InlineData(5)] // content
    public void One_changed_bit_anywhere_and_the_message_is_dropped(int frame)
    {
        WireFormat wire = new(new MessageSigner("key"));
        List<byte[]> frames = wire.Write(Message.Create("status", [], null, []));
        frames[frame][0] ^= 1;
        Assert.Null(wire.Read(frames, out string fault));
        Assert.Contains("signature", fault);
    }

    [Fact]
    public void Malformed_frames_are_dropped()
    {
        WireFormat unsigned = new(new MessageSigner(""));
        Assert.Null(unsigned.Read([], out _));
        Assert.Null(
            unsigned.Read(
                [
                    [],
                ],
                out _
            )
        );
        Assert.Null(unsigned.Read(["<IDS|MSG>"u8.ToArray(), [], "{}"u8.ToArray()], out _));
        Assert.Null(
            unsigned.Read(["<IDS|MSG>"u8.ToArray(), [], "{}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray(), "[1]"u8.ToArray()], out _)
        );
        Assert.Null(unsigned.Read(["<IDS|MSG>"u8.ToArray(), [], "{}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray(), [0xff]], out _));
        Assert.Null(new WireFormat(new MessageSigner("key")).Read(unsigned.Write(Message.Create("status", [], null, [])), out _));
    }
}
