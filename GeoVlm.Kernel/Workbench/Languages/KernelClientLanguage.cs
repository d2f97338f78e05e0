using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Commands;
using GeoVlm.Workbench.Jupyter;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Workbench.Languages;

/// <summary>Cells for another Jupyter kernel: its output becomes the cell's, an interrupt reaches it, and its death is survived.</summary>
/// <param name="name">As its selector names it.</param>
/// <param name="launch">How it starts.</param>
internal sealed class KernelClientLanguage(string name, KernelLaunch launch) : ILanguage, IDisposable
{
    private const string Marker = "geovlm:";
    private static readonly JsonSerializerOptions Json = new()
    {
        IncludeFields = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
    private readonly Lock gate = new();
    private KernelProcess? process;

    /// <summary>Runs a cell to its end.</summary>
    /// <exception cref="GeoVlmException">It failed, or the kernel ended.</exception>
    public void Run(string code, CommandContext context) => Execute(code, context.Host, context.Cancellation, context.Host.Display);

    /// <inheritdoc />
    /// <remarks>Text, numbers, lists and dictionaries cross as JSON; a table becomes a list of rows.</remarks>
    public object? Get(string variable, CommandContext context)
    {
        RequirePython(variable);
        string code =
            $"import json as _j\ndef _g(v):\n    return v.to_dict('records') if hasattr(v, 'to_dict') and hasattr(v, 'columns') else v.tolist() if hasattr(v, 'tolist') else str(v)\n"
            + $"print({JsonSerializer.Serialize(Marker)} + (_j.dumps(_g({variable}) if hasattr({variable}, 'columns') else {variable}, default=_g) if '{variable}' in globals() else ''))";
        string printed = "";
        Execute(code, new PrintedHost(context.Host, text => printed += text), context.Cancellation, (_, _) => { });
        int at = printed.IndexOf(Marker, StringComparison.Ordinal);
        if (at < 0)
            return null;
        string json = printed[(at + Marker.Length)..];
        return string.IsNullOrWhiteSpace(json)
            ? throw new GeoVlmException($"{name} has no variable {variable}.")
            : FromJson(JsonNode.Parse(json));
    }

    /// <inheritdoc />
    public void Set(string variable, object? value, CommandContext context)
    {
        RequirePython(variable);
        string json;
        try
        {
            json = JsonSerializer.Serialize(value, Json);
        }
        catch (Exception error) when (error is NotSupportedException or JsonException)
        {
            throw new GeoVlmException($"The value of {variable} cannot be written as JSON: {error.Message}", error);
        }
        // The JSON travels as a string literal, so nothing in it is read as code.
        Execute(
            $"import json as _j\n{variable} = _j.loads({JsonSerializer.Serialize(json)})",
            context.Host,
            context.Cancellation,
            (_, _) => { }
        );
    }

    /// <inheritdoc />
    public void Dispose() => process?.Dispose();

    private void Execute(string code, ICellHost host, CancellationToken cancellation, Action<MimeBundle, string?> show)
    {
        lock (gate)
        {
            if (process is { HasEnded: true })
            {
                process.Dispose();
                process = null;
            }
            process ??= KernelProcess.Start(name, launch, cancellation);
            string request = process.Execute(code);
            bool isIdle = false,
                wasInterrupted = false;
            Message? reply = null;
            while (!isIdle || reply is null)
            {
                if (process.HasEnded)
                    throw new GeoVlmException(
                        $"{name}: its process ended (exit code {process.ExitCode}) while the cell ran, and its variables are lost. The next cell starts it anew."
                    );
                if (cancellation.IsCancellationRequested && !wasInterrupted)
                {
                    wasInterrupted = true;
                    process.Interrupt(launch.InterruptsByMessage);
                }
                if (process.Receive() is not { } message || message.Parent["msg_id"]?.GetValue<string>() != request)
                    continue;
                if (message.Type == "execute_reply")
                    reply = message;
                else if (message.Type == "input_request")
                    process.Answer(host.Input(message.Text("prompt") ?? "", message.Flag("password") == true));
                else
                    isIdle |= Forward(message, host, show);
            }
            cancellation.ThrowIfCancellationRequested();
            if (reply.Text("status") == "ok")
                return;
            string trace = string.Join('\n', (reply.Content["traceback"] as JsonArray ?? []).Select(NotebookText.Of));
            throw new GeoVlmException(
                $"{name}: {reply.Text("ename")}: {reply.Text("evalue")}{(trace.Length > 0 ? "\n" + NotebookText.OfTerminal(trace) : "")}"
            );
        }
    }

    // Whether the kernel is done with the request.
    private static bool Forward(Message message, ICellHost host, Action<MimeBundle, string?> show)
    {
        string? id = message.Content["transient"]?["display_id"] is JsonValue value ? NotebookText.Of(value) : null;
        switch (message.Type)
        {
            case "stream":
                host.Stream(message.Text("name") == "stderr" ? StreamKind.Stderr : StreamKind.Stdout, message.Text("text") ?? "");
                break;
            case "display_data" or "execute_result":
                show(Bundle(message), id is { Length: > 0 } ? id : null);
                break;
            case "update_display_data" when id is { Length: > 0 }:
                host.UpdateDisplay(Bundle(message), id);
                break;
            case "clear_output":
                host.ClearOutput(message.Flag("wait") == true);
                break;
            case "status":
                return message.Text("execution_state") == "idle";
        }
        return false;
    }

    private static MimeBundle Bundle(Message message) =>
        new(
            (message.Content["data"] as JsonObject ?? []).ToDictionary(
                entry => entry.Key,
                entry => MimeBundle.IsJson(entry.Key) ? entry.Value?.ToJsonString() ?? "null" : NotebookText.Of(entry.Value)
            )
        );

    private void RequirePython(string variable)
    {
        if (launch.Language != "python")
            throw new GeoVlmException($"Values are shared with Python kernels only; {name} runs {launch.Language}.");
        if (variable.Length == 0 || !variable.All(letter => letter == '_' || char.IsLetterOrDigit(letter)) || char.IsDigit(variable[0]))
            throw new GeoVlmException($"'{variable}' is no name of a Python variable.");
    }

    private static object? FromJson(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.ToDictionary(entry => entry.Key, entry => FromJson(entry.Value)),
            JsonArray { Count: > 0 } list when list.All(item => item?.GetValueKind() == JsonValueKind.Number) => list.Select(item =>
                    item!.GetValue<double>()
                )
                .ToArray(),
            JsonArray { Count: > 0 } list when list.All(item => item?.GetValueKind() == JsonValueKind.String) => list.Select(item =>
                    item!.GetValue<string>()
                )
                .ToArray(),
            JsonArray { Count: > 0 } list when list.All(item => item is JsonObject) => list.Select(item =>
                    item!.AsObject().ToDictionary(entry => entry.Key, entry => FromJson(entry.Value))
                )
                .ToList(),
            JsonArray list => list.Select(FromJson).ToList(),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
            JsonValue value => value.TryGetValue(out int whole) ? whole
            : value.TryGetValue(out long large) ? large
            : value.GetValue<double>(),
            _ => null,
        };

    // What a question about a value prints is its answer, not the cell's.
    private sealed class PrintedHost(ICellHost host, Action<string> printed) : ICellHost
    {
        public void Stream(StreamKind stream, string text)
        {
            if (stream == StreamKind.Stdout)
                printed(text);
            else
                host.Stream(stream, text);
        }

        public void Display(MimeBundle bundle, string? displayId = null) { }

        public void UpdateDisplay(MimeBundle bundle, string displayId) { }

        public void ClearOutput(bool wait) { }

        public string Input(string prompt, bool password) => host.Input(prompt, password);
    }
}
