using System.Text.Json.Nodes;
using GeoVlm.Workbench.Jupyter;
using NetMQ;

namespace GeoVlm.Tests.Workbench.Jupyter;

/// <summary>What reaches the sockets without coming from a front end.</summary>
public sealed class ForgedMessageTests : IDisposable
{
    private readonly KernelClient client = new();

    public void Dispose() => client.Dispose();

    [Fact]
    public void A_badly_signed_message_is_dropped_and_the_next_one_served()
    {
        Message forged = Message.Create("execute_request", new JsonObject { ["code"] = "print no" }, null, []);
        client.Shell.SendMultipartBytes(new WireFormat(new MessageSigner("wrong")).Write(forged));
        client.Shell.SendMultipartBytes(new WireFormat(new MessageSigner("")).Write(forged));
        client.Shell.SendMultipartBytes([
            [],
            [1],
        ]);
        client.Execute("value 1");
        Assert.Equal(1, client.Receive(client.Shell).Integer("execution_count"));
    }

    [Fact]
    public void What_is_sent_twice_runs_once()
    {
        List<byte[]> frames = client.Sign("execute_request", new JsonObject { ["code"] = "print once" });
        client.Shell.SendMultipartBytes(frames);
        client.Shell.SendMultipartBytes(frames);
        client.Execute("print then");
        Assert.Equal(
            [1, 2],
            [client.Receive(client.Shell).Integer("execution_count")!.Value, client.Receive(client.Shell).Integer("execution_count")!.Value]
        );
    }

    [Fact]
    public void Random_bytes_on_every_socket_do_no_harm()
    {
        Random random = new(7);
        for (int i = 0; i < 200; i++)
        {
            List<byte[]> frames =
            [
                .. Enumerable
                    .Range(0, random.Next(1, 9))
                    .Select(_ =>
                    {
                        byte[] frame = new byte[random.Next(40)];
                        random.NextBytes(frame);
                        return random.Next(4) == 0 ? "<IDS|MSG>"u8.ToArray() : frame;
                    }),
            ];
            client.Shell.SendMultipartBytes(frames);
            client.Control.SendMultipartBytes(frames);
            client.Stdin.SendMultipartBytes(frames);
        }
        client.Execute("value 2");
        Assert.Equal("ok", client.Receive(client.Shell).Text("status"));
    }
}
