using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Widgets;

/// <summary>The comms of one session. Thread-safe.</summary>
public sealed class CommHub
{
    private readonly ConcurrentDictionary<string, Action<Comm, JsonObject>> targets = new();
    private readonly ConcurrentDictionary<string, Comm> comms = new();
    private volatile ICellHost? latest;

    /// <summary>The session's own; the one that a cell registers its targets with.</summary>
    /// <exception cref="GeoVlmException">The calling code does not run inside of a cell.</exception>
    public static CommHub Current => CellScope.Require("CommHub").Comms;

    /// <summary>Whether the calling code runs inside of a cell.</summary>
    internal static bool IsInCell => CellScope.Current is not null;

    /// <summary>Id and target of each open comm.</summary>
    public IReadOnlyList<(string Id, string Target)> Open => [.. comms.Values.Select(comm => (comm.Id, comm.Target))];

    /// <summary>Says what happens when the page opens a comm of this target; the handler
    /// gets the comm and the data it was opened with.</summary>
    public void Register(string target, Action<Comm, JsonObject> opened) => targets[target] = opened;

    /// <summary>Opens a comm from this side.</summary>
    /// <param name="target">What the page knows it by.</param>
    /// <param name="data">Sent along.</param>
    /// <param name="metadata">Of the message; null for none.</param>
    /// <param name="isImmediate">Whether answers are handled while a cell runs, on a thread of their own.</param>
    public Comm Start(string target, JsonObject data, JsonObject? metadata = null, bool isImmediate = false)
    {
        Comm comm = new(this, Guid.NewGuid().ToString("N"), target, isImmediate);
        comms[comm.Id] = comm;
        Send(new CommMessage("comm_open", comm.Id, target, data, metadata ?? [], []));
        return comm;
    }

    /// <summary>Handles a message from the page; what handlers print or throw goes to the host.</summary>
    public void Receive(CommMessage message, ICellHost host)
    {
        latest = host;
        CellScope? before = CellScope.Current;
        CellScope.Current = new CellScope(host, CancellationToken.None, Session.DefaultOutputLimit, this);
        try
        {
            Handle(message, host);
        }
        catch (Exception error)
        {
            host.Stream(StreamKind.Stderr, $"A handler of the widget failed: {error.GetType().Name}: {error.Message}\n");
        }
        finally
        {
            CellScope.Current = before;
        }
    }

    /// <summary>Whether messages of this comm are handled while a cell runs.</summary>
    internal bool IsImmediate(string id) => comms.TryGetValue(id, out Comm? comm) && comm.IsImmediate;

    /// <summary>A cell starts: from here on, what is sent outside of cells belongs to it.</summary>
    internal void Follow(ICellHost host) => latest = host;

    internal void Send(CommMessage message) => (CellScope.Current?.Host ?? latest)?.SendComm(message);

    internal void Close(Comm comm)
    {
        if (comms.TryRemove(comm.Id, out _))
            Send(CommMessage.Close(comm.Id));
    }

    private void Handle(CommMessage message, ICellHost host)
    {
        if (message.Type == "comm_open")
        {
            if (message.Target is null || !targets.TryGetValue(message.Target, out Action<Comm, JsonObject>? opened))
            {
                host.Stream(StreamKind.Stderr, $"The page opened the comm target '{message.Target}', which nothing answers here.\n");
                host.SendComm(CommMessage.Close(message.Id));
                return;
            }
            Comm comm = new(this, message.Id, message.Target, isImmediate: false);
            comms[comm.Id] = comm;
            opened(comm, message.Data);
        }
        else if (comms.TryGetValue(message.Id, out Comm? open))
        {
            if (message.Type == "comm_msg")
            {
                open.Received?.Invoke(message.Data, message.Buffers);
                return;
            }
            comms.TryRemove(message.Id, out _);
            open.Closed?.Invoke();
        }
        else if (message.Type == "comm_msg")
        {
            host.SendComm(CommMessage.Close(message.Id)); // of a kernel that was restarted
        }
    }
}
