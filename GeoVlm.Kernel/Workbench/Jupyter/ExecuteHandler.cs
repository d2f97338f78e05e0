using System.Text.Json.Nodes;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Runs the cells of one kernel, one after another, on the thread of the shell channel.</summary>
internal sealed class ExecuteHandler(Channels channels, Lazy<ISession> session, InputHistory history)
{
    private readonly Lock gate = new();
    private CancellationTokenSource? running;
    private long abortThrough;
    private int count;

    /// <summary>Stops the running cell; nothing happens when none runs. Any thread.</summary>
    public void Interrupt()
    {
        lock (gate) running?.Cancel();
    }

    /// <summary>Handles an execute_request to its reply.</summary>
    public void Handle(Numbered numbered)
    {
        Message request = numbered.Message;
        if (numbered.Number <= abortThrough)
        {
            channels.SendShell(request.Reply(new JsonObject { ["status"] = "aborted", ["execution_count"] = count }));
            return;
        }

        using CancellationTokenSource cancellation = new();
        lock (gate) running = cancellation;
        JsonObject reply;
        try
        {
            reply = Run(request, cancellation.Token);
        }
        finally
        {
            lock (gate) running = null;
        }

        // What was queued behind a failing cell counted on it.
        if (reply["status"]!.GetValue<string>() == "error" && request.Flag("stop_on_error") != false) abortThrough = channels.ShellReceived;
        channels.SendShell(request.Reply(reply));
    }

    private JsonObject Run(Message request, CancellationToken cancellation)
    {
        string code = request.Text("code") ?? "";
        bool silent = request.Flag("silent") == true;
        bool store = !silent && request.Flag("store_history") != false;
        int number = count + 1;
        if (store) count = number;

        JupyterCellHost? front = silent ? null : new JupyterCellHost(channels, request, cancellation);
        if (!silent)
            channels.Publish("execute_input", new JsonObject { ["code"] = code, ["execution_count"] = number }, request.Header);

        CellResult result = Execute(code, (ICellHost?)front ?? new SilentCellHost(), cancellation, number);
        if (store) history.Add(number, code, result.Value?.Data.GetValueOrDefault(MimeBundle.Text));
        front?.Flush();

        if (result.Error is { } error)
        {
            front?.Error(ErrorContent(error));
            JsonObject failed = ErrorContent(error);
            failed["status"] = "error";
            failed["execution_count"] = number;
            return failed;
        }
        if (result.Value is { } value) front?.Result(value, number);
        return new JsonObject
        {
            ["status"] = "ok",
            ["execution_count"] = number,
            ["user_expressions"] = UserExpressions(request, cancellation, number),
            ["payload"] = new JsonArray(),
        };
    }

    private CellResult Execute(string code, ICellHost host, CancellationToken cancellation, int number)
    {
        if (string.IsNullOrWhiteSpace(code)) return new CellResult(CellStatus.Ok, null, null);
        try
        {
            return session.Value.Execute(code, host, cancellation, number);
        }
        catch (Exception error) // a fault of the session itself: the user must see it, and the kernel must answer
        {
            string[] trace = error is GeoVlmException ? [error.Message] : error.ToString().Split('\n');
            return new CellResult(CellStatus.Error, null, new CellError(error.GetType().Name, error.Message, trace));
        }
    }

    private JsonObject UserExpressions(Message request, CancellationToken cancellation, int number)
    {
        JsonObject answers = [];
        if (request.Content["user_expressions"] is not JsonObject expressions) return answers;
        foreach ((string name, JsonNode? node) in expressions)
        {
            CellResult result = Execute(NotebookText.Join(node) ?? "", new SilentCellHost(), cancellation, number);
            JsonObject answer = result.Error is { } error
                ? ErrorContent(error)
                : new JsonObject { ["data"] = MimeContent.ToWire(result.Value ?? MimeBundle.OfText("")), ["metadata"] = new JsonObject() };
            answer["status"] = result.Error is null ? "ok" : "error";
            answers[name] = answer;
        }
        return answers;
    }

    private static JsonObject ErrorContent(CellError error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
    };
}
