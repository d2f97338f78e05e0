using System.Text.Json.Nodes;
using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Carries comm messages between front ends and the session.</summary>
internal sealed class CommHandler(Channels channels, Lazy<ISession> session)
{
    /// <summary>Handles comm_open, comm_msg and comm_close to the end of what they set off.</summary>
    public void Handle(Message request)
    {
        string id = request.Text("comm_id") ?? "";
        CommMessage message = new(
            request.Type,
            id,
            request.Text("target_name"),
            request.Content["data"] as JsonObject ?? [],
            request.Metadata,
            request.Buffers
        );
        JupyterCellHost host = new(channels, request, CancellationToken.None);
        if (session.Value.Comms is { } comms)
            comms.Receive(message, host);
        else
            host.SendComm(CommMessage.Close(id)); // or a widget waits for ever
        host.Flush();
    }

    /// <summary>The content of a comm_info_reply.</summary>
    public JsonObject Info(Message request)
    {
        JsonObject open = [];
        foreach ((string id, string target) in session.Value.Comms?.Open ?? [])
            if (request.Text("target_name") is not { } wanted || wanted == target)
                open[id] = new JsonObject { ["target_name"] = target };
        return new JsonObject { ["status"] = "ok", ["comms"] = open };
    }
}
