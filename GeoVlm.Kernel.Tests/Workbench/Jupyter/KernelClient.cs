using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using GeoVlm.Workbench.Jupyter;
using NetMQ;
using NetMQ.Sockets;

namespace GeoVlm.Tests.Workbench.Jupyter;

/// <summary>A kernel with a scripted session on loopback, and a front end to it.</summary>
internal sealed class KernelClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly JupyterKernel kernel;
    private readonly Thread thread;
    private readonly WireFormat wire = new(new MessageSigner("secret"));
    private readonly SubscriberSocket ioPub = new();

    public KernelClient()
    {
        int[] ports = FreePorts(5);
        Connection = new ConnectionFile
        {
            Ip = "127.0.0.1",
            Key = "secret",
            ShellPort = ports[0],
            ControlPort = ports[1],
            StdinPort = ports[2],
            IoPubPort = ports[3],
            HeartbeatPort = ports[4],
        };
        kernel = new JupyterKernel(Connection, folder => Session = new ScriptedSession(folder));
        thread = new Thread(() =>
        {
            kernel.Run();
            kernel.Dispose();
        });
        thread.Start();
        byte[] identity = Guid.NewGuid().ToByteArray(bigEndian: true);
        identity[0] |= 1; // a leading zero is reserved
        foreach (DealerSocket socket in (DealerSocket[])[Shell, Control, Stdin])
            socket.Options.Identity = identity;
        Shell.Connect($"tcp://127.0.0.1:{ports[0]}");
        Control.Connect($"tcp://127.0.0.1:{ports[1]}");
        Stdin.Connect($"tcp://127.0.0.1:{ports[2]}");
        ioPub.Connect($"tcp://127.0.0.1:{ports[3]}");
        ioPub.SubscribeToAnyTopic();
        Welcome = Broadcast();
    }

    public ConnectionFile Connection { get; }

    /// <summary>The kernel's session, once it was needed.</summary>
    public ScriptedSession? Session { get; private set; }

    public DealerSocket Shell { get; } = new();

    public DealerSocket Control { get; } = new();

    public DealerSocket Stdin { get; } = new();

    /// <summary>The first broadcast.</summary>
    public Message Welcome { get; }

    /// <summary>Sends a request and returns its message id.</summary>
    public string Send(DealerSocket socket, string type, JsonObject content, string? subshell = null, IReadOnlyList<byte[]>? buffers = null)
    {
        Message message = Message.Create(type, content, null, []) with { Buffers = buffers ?? [] };
        if (subshell is not null)
            message.Header["subshell_id"] = subshell;
        socket.SendMultipartBytes(wire.Write(message));
        return message.Header["msg_id"]!.GetValue<string>();
    }

    /// <summary>A signed request that was not sent.</summary>
    public List<byte[]> Sign(string type, JsonObject content) => wire.Write(Message.Create(type, content, null, []));

    public string Execute(
        string code,
        bool allowStdin = false,
        bool silent = false,
        bool stopOnError = true,
        JsonObject? expressions = null
    ) =>
        Send(
            Shell,
            "execute_request",
            new JsonObject
            {
                ["code"] = code,
                ["silent"] = silent,
                ["store_history"] = !silent,
                ["allow_stdin"] = allowStdin,
                ["stop_on_error"] = stopOnError,
                ["user_expressions"] = expressions ?? [],
            }
        );

    public Message Receive(NetMQSocket socket)
    {
        List<byte[]> frames = [];
        Assert.True(socket.TryReceiveMultipartBytes(Patience, ref frames!), "nothing came");
        return wire.Read(frames, out string fault) ?? throw new InvalidOperationException(fault);
    }

    public Message Broadcast() => Receive(ioPub);

    /// <summary>The broadcasts that a request caused, up to its idle.</summary>
    public List<Message> Broadcasts(string parentId)
    {
        List<Message> all = [];
        while (all.Count == 0 || all[^1].Text("execution_state") != "idle")
        {
            Message next = Broadcast();
            if (next.Parent["msg_id"]?.GetValue<string>() == parentId)
                all.Add(next);
        }
        return all;
    }

    public bool Stopped() => thread.Join(Patience);

    public void Dispose()
    {
        if (thread.IsAlive)
            Send(Control, "shutdown_request", new JsonObject { ["restart"] = false });
        Assert.True(Stopped(), "the kernel did not stop");
        foreach (NetMQSocket socket in (NetMQSocket[])[Shell, Control, Stdin, ioPub])
        {
            socket.Options.Linger = TimeSpan.Zero;
            socket.Dispose();
        }
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
            listener.Stop();
        return ports;
    }
}
