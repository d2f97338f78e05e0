using System.Text.Json.Nodes;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Notebooks;
using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Sends what one cell puts out to the front ends. Works after the cell has ended, for background jobs.</summary>
internal sealed class JupyterCellHost : ICellHost
{
    private readonly Channels channels;
    private readonly Message request;
    private readonly CancellationToken cancellation;
    private readonly StreamBuffer streams;

    public JupyterCellHost(Channels channels, Message request, CancellationToken cancellation)
    {
        this.channels = channels;
        this.request = request;
        this.cancellation = cancellation;
        streams = new StreamBuffer(
            (kind, text) =>
                Publish("stream", new JsonObject { ["name"] = kind == StreamKind.Stdout ? "stdout" : "stderr", ["text"] = text })
        );
    }

    public void Stream(StreamKind stream, string text) => streams.Add(stream, text);

    public void Display(MimeBundle bundle, string? displayId = null) => PublishAfterText("display_data", Data(bundle, displayId));

    public void UpdateDisplay(MimeBundle bundle, string displayId) => PublishAfterText("update_display_data", Data(bundle, displayId));

    public void ClearOutput(bool wait) => PublishAfterText("clear_output", new JsonObject { ["wait"] = wait });

    public string Input(string prompt, bool password)
    {
        if (request.Flag("allow_stdin") != true)
            throw new GeoVlmException("The cell asks for input, but this front end cannot answer. Give the value in the code instead.");
        streams.Flush();
        while (channels.Stdin.TryTake(out _)) { } // answers to a question that was interrupted
        JsonObject question = new() { ["prompt"] = prompt, ["password"] = password };
        channels.SendStdin(Message.Create("input_request", question, request.Header, request.Identities));
        return channels.Stdin.Take(cancellation).Text("value") ?? "";
    }

    public void SendComm(CommMessage message)
    {
        streams.Flush();
        JsonObject content = new() { ["comm_id"] = message.Id, ["data"] = message.Data.DeepClone() };
        if (message.Target is { } target)
            content["target_name"] = target;
        channels.Publish(message.Type, content, request.Header, (JsonObject)message.Metadata.DeepClone(), message.Buffers);
    }

    /// <summary>The value of the cell's last expression.</summary>
    public void Result(MimeBundle bundle, int executionCount)
    {
        JsonObject content = Data(bundle, null);
        content["execution_count"] = executionCount;
        PublishAfterText("execute_result", content);
    }

    /// <summary>What went wrong.</summary>
    public void Error(JsonObject error) => PublishAfterText("error", error);

    /// <summary>Sends text that is still held back.</summary>
    public void Flush() => streams.Flush();

    private void PublishAfterText(string type, JsonObject content)
    {
        streams.Flush();
        Publish(type, content);
    }

    private void Publish(string type, JsonObject content) => channels.Publish(type, content, request.Header);

    private static JsonObject Data(MimeBundle bundle, string? displayId) =>
        new()
        {
            ["data"] = MimeContent.ToWire(bundle),
            ["metadata"] = new JsonObject(),
            ["transient"] = displayId is null ? new JsonObject() : new JsonObject { ["display_id"] = displayId },
        };
}
