using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>The five sockets. One thread owns them and only moves bytes, so no running cell can hold up a heartbeat or a reply.</summary>
internal sealed class Channels : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly WireFormat wire;
    private readonly RouterSocket shell = new();
    private readonly RouterSocket control = new();
    private readonly RouterSocket stdin = new();
    private readonly XPublisherSocket ioPub = new();
    private readonly ResponseSocket heartbeat = new();
    private readonly NetMQQueue<Outgoing> outbox = new();
    private readonly NetMQPoller poller;
    private readonly Lock sending = new();
    private bool closed;

    /// <summary>Binds the sockets.</summary>
    /// <exception cref="GeoVlmException">A port is taken.</exception>
    public Channels(ConnectionFile file)
    {
        wire = new WireFormat(new MessageSigner(file.Key));
        foreach (NetMQSocket socket in Sockets)
        {
            socket.Options.Linger = Linger;
            // The default drops output beyond 1000 messages that a front end has not read yet.
            socket.Options.SendHighWatermark = 0;
            socket.Options.ReceiveHighWatermark = 0;
        }
        // A front end that comes back over a new connection has its old name: the new one gets the answers, else it gets none.
        foreach (RouterSocket router in (RouterSocket[])[shell, control, stdin])
            router.Options.RouterHandover = true;
        ioPub.Options.XPubVerbose = true; // the second front end is welcomed as well
        (NetMQSocket, int)[] ports =
        [
            (shell, file.ShellPort),
            (control, file.ControlPort),
            (stdin, file.StdinPort),
            (ioPub, file.IoPubPort),
            (heartbeat, file.HeartbeatPort),
        ];
        foreach ((NetMQSocket socket, int port) in ports)
            Bind(socket, file.Address(port));

        poller = [shell, control, stdin, ioPub, heartbeat, outbox];
    }

    /// <summary>Starts the thread of the sockets, which calls these with each message: they must be quick.</summary>
    public void Start(Action<Message> onShell, Action<Message> onControl, Action<Message> onStdin)
    {
        shell.ReceiveReady += (_, _) => Receive(shell, onShell);
        control.ReceiveReady += (_, _) => Receive(control, onControl);
        stdin.ReceiveReady += (_, _) => Receive(stdin, onStdin);
        ioPub.ReceiveReady += (_, _) => Welcome();
        heartbeat.ReceiveReady += (_, _) => heartbeat.SendMultipartMessage(heartbeat.ReceiveMultipartMessage());
        outbox.ReceiveReady += (_, _) => SendWaiting();
        poller.RunAsync("jupyter sockets", isBackgroundThread: true);
    }

    /// <summary>Requests on control.</summary>
    public BlockingCollection<Message> Control { get; } = [];

    /// <summary>Answers of the user.</summary>
    public BlockingCollection<Message> Stdin { get; } = [];

    private NetMQSocket[] Sockets => [shell, control, stdin, ioPub, heartbeat];

    public void SendShell(Message message) => Send(shell, message);

    public void SendControl(Message message) => Send(control, message);

    public void SendStdin(Message message) => Send(stdin, message);

    /// <summary>Tells every front end.</summary>
    public void Publish(
        string type,
        JsonObject content,
        JsonObject? parent,
        JsonObject? metadata = null,
        IReadOnlyList<byte[]>? buffers = null
    ) =>
        Send(
            ioPub,
            Message.Create(type, content, parent, [Encoding.UTF8.GetBytes("kernel." + type)]) with
            {
                Metadata = metadata ?? [],
                Buffers = buffers ?? [],
            }
        );

    /// <summary>Sends what is waiting, then closes the sockets.</summary>
    public void Dispose()
    {
        lock (sending)
        {
            if (closed)
                return;
            closed = true;
            outbox.Enqueue(new Outgoing(null, []));
        }
        while (poller.IsRunning)
            Thread.Sleep(1);
        poller.Dispose();
        outbox.Dispose();
        foreach (NetMQSocket socket in Sockets)
            socket.Dispose();
    }

    // Background jobs of the user may still print when the kernel stops.
    private void Send(NetMQSocket socket, Message message)
    {
        Outgoing outgoing = new(socket, wire.Write(message));
        lock (sending)
            if (!closed)
                outbox.Enqueue(outgoing);
    }

    private void SendWaiting()
    {
        while (outbox.TryDequeue(out Outgoing next, TimeSpan.Zero))
        {
            if (next.Socket is not null)
            {
                next.Socket.SendMultipartBytes(next.Frames);
                continue;
            }
            poller.Stop();
            return;
        }
    }

    private void Receive(NetMQSocket socket, Action<Message> accept)
    {
        List<byte[]> frames = socket.ReceiveMultipartBytes();
        if (wire.Read(frames, out string fault) is { } message)
            accept(message);
        else
            Console.Error.WriteLine($"geovlm: a message was dropped, because {fault}.");
    }

    // JEP 65: a front end may send requests once this has come, since its subscription is then in place.
    private void Welcome()
    {
        byte[] frame = ioPub.ReceiveMultipartBytes()[0];
        if (frame is not [1, .. byte[] topic])
            return;
        JsonObject content = new() { ["subscription"] = Encoding.UTF8.GetString(topic) };
        ioPub.SendMultipartBytes(wire.Write(Message.Create("iopub_welcome", content, null, [topic])));
    }

    private static void Bind(NetMQSocket socket, string address)
    {
        try
        {
            socket.Bind(address);
        }
        catch (NetMQException error)
        {
            throw new GeoVlmException(
                $"The kernel cannot listen on {address}: {error.ErrorCode}. Start the kernel again; Jupyter then picks other ports.",
                error
            );
        }
    }

    private readonly record struct Outgoing(NetMQSocket? Socket, List<byte[]> Frames);
}
