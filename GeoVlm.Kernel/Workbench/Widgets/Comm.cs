using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Widgets;

/// <summary>A two-way channel between the session and one thing in the page.</summary>
public sealed class Comm
{
    private readonly CommHub hub;

    internal Comm(CommHub hub, string id, string target, bool isImmediate) =>
        (this.hub, Id, Target, IsImmediate) = (hub, id, target, isImmediate);

    /// <summary>Unique.</summary>
    public string Id { get; }

    /// <summary>The name that both sides know it by.</summary>
    public string Target { get; }

    /// <summary>Called with the data and buffers of each message from the page.</summary>
    public Action<JsonObject, IReadOnlyList<byte[]>>? Received { get; set; }

    /// <summary>Called when the page closed it.</summary>
    public Action? Closed { get; set; }

    /// <summary>Whether its messages are handled while a cell runs.</summary>
    internal bool IsImmediate { get; }

    /// <summary>Sends data to the page.</summary>
    public void Send(JsonObject data, params IReadOnlyList<byte[]> buffers) =>
        hub.Send(new CommMessage("comm_msg", Id, null, data, [], buffers));

    /// <summary>Ends it on both sides.</summary>
    public void Close() => hub.Close(this);
}
