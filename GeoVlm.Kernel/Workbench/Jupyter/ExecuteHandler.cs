using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Runs the cells of one shell, one after another, on its thread.</summary>
/// <param name="channels">Where replies and output go.</param>
/// <param name="session">Runs the code.</param>
/// <param name="history">Takes what was run.</param>
/// <param name="crash">Told of each cell, for the case that it ends the process.</param>
/// <param name="isBeside">A subshell, whose cells run while those of the main shell do.</param>
internal sealed partial class ExecuteHandler(
    Channels channels,
    Lazy<ISession> session,
    InputHistory history,
    CrashNote crash,
    bool isBeside
)
{
    // A cell may fail before a front end has handed over those that it sends behind it.
    private static readonly TimeSpan OnTheirWay = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private CancellationTokenSource? running;
    private (Message Request, JupyterCellHost? Front)? unanswered;
    private long abortThrough,
        interruptThrough;
    private int count;

    /// <summary>Stops the running cell, or those that wait to begin when none runs. Any thread.</summary>
    /// <param name="received">The number of the latest request that has arrived at this shell.</param>
    public void Interrupt(long received)
    {
        lock (gate)
            if (running is null)
                interruptThrough = received;
            else
                running.Cancel();
    }

    /// <summary>Answers the running cell, which will not end: the process does.</summary>
    public void Leave(string why)
    {
        if (unanswered is not var (request, front))
            return;
        JsonObject error = ErrorContent(new CellError("KernelExit", why, [why]));
        front?.Flush();
        front?.Error((JsonObject)error.DeepClone());
        error["status"] = "error";
        error["execution_count"] = count;
        channels.SendShell(request.Reply(error));
        channels.Publish("status", new JsonObject { ["execution_state"] = "idle" }, request.Header);
    }

    /// <summary>Handles an execute_request to its reply.</summary>
    /// <param name="numbered">The request.</param>
    /// <param name="received">The number of the latest request that has arrived at this shell.</param>
    public void Handle(Numbered numbered, Func<long> received)
    {
        Message request = numbered.Message;
        if (numbered.Number <= abortThrough)
        {
            channels.SendShell(request.Reply(new JsonObject { ["status"] = "aborted", ["execution_count"] = count }));
            return;
        }

        using CancellationTokenSource cancellation = new();
        lock (gate)
        {
            running = cancellation;
            if (numbered.Number <= interruptThrough)
                cancellation.Cancel();
        }
        JsonObject reply;
        try
        {
            reply = Run(request, cancellation.Token);
        }
        finally
        {
            lock (gate)
                running = null;
            unanswered = null;
        }

        // What was queued behind a failing cell counted on it.
        if (reply["status"]!.GetValue<string>() == "error" && request.Flag("stop_on_error") != false)
        {
            Thread.Sleep(OnTheirWay);
            abortThrough = received();
        }
        channels.SendShell(request.Reply(reply));
    }

    private JsonObject Run(Message request, CancellationToken cancellation)
    {
        string code = request.Text("code") ?? "";
        bool silent = request.Flag("silent") == true;
        bool store = !silent && request.Flag("store_history") != false;
        int number = count + 1;
        if (store)
            count = number;

        JupyterCellHost? front = silent ? null : new JupyterCellHost(channels, request, cancellation);
        if (!silent)
            channels.Publish("execute_input", new JsonObject { ["code"] = code, ["execution_count"] = number }, request.Header);

        unanswered = (request, front);
        if (front is not null && crash.Take() is { } news)
            front.Stream(StreamKind.Stderr, news);
        if (Asked().Match(code) is { Success: true } asked)
            return Page(asked.Groups[1].Value, number, front, cancellation);
        CellResult result = Execute(code, (ICellHost?)front ?? new SilentCellHost(), cancellation, number);
        if (store)
            history.Add(number, code, result.Value?.Data.GetValueOrDefault(MimeBundle.Text));
        front?.Flush();

        if (result.Error is { } error)
        {
            front?.Error(ErrorContent(error));
            JsonObject failed = ErrorContent(error);
            failed["status"] = "error";
            failed["execution_count"] = number;
            return failed;
        }
        if (result.Value is { } value)
            front?.Result(value, number);
        return new JsonObject
        {
            ["status"] = "ok",
            ["execution_count"] = number,
            ["user_expressions"] = UserExpressions(request, cancellation, number),
            ["payload"] = new JsonArray(),
        };
    }

    // `Console.WriteLine?` opens what is known of it beside the notebook, as in IPython.
    private JsonObject Page(string name, int number, JupyterCellHost? front, CancellationToken cancellation)
    {
        if (session.Value.Inspect(name, name.Length, cancellation) is not { } found)
        {
            JsonObject failed = ErrorContent(new CellError("NotFound", $"Nothing is known of {name}.", [$"Nothing is known of {name}."]));
            front?.Error((JsonObject)failed.DeepClone());
            failed["status"] = "error";
            failed["execution_count"] = number;
            return failed;
        }
        JsonObject page = new()
        {
            ["source"] = "page",
            ["start"] = 0,
            ["data"] = new JsonObject { [MimeBundle.Text] = found.Text, [MimeBundle.Markdown] = found.Markdown },
        };
        return new JsonObject
        {
            ["status"] = "ok",
            ["execution_count"] = number,
            ["user_expressions"] = new JsonObject(),
            ["payload"] = new JsonArray(page),
        };
    }

    private CellResult Execute(string code, ICellHost host, CancellationToken cancellation, int number)
    {
        if (string.IsNullOrWhiteSpace(code))
            return new CellResult(CellStatus.Ok, null, null);
        try
        {
            crash.Write(code);
            return isBeside
                ? session.Value.ExecuteBeside(code, host, cancellation, number)
                : session.Value.Execute(code, host, cancellation, number);
        }
        catch (Exception error) // a fault of the session itself: the user must see it, and the kernel must answer
        {
            string[] trace = error is GeoVlmException ? [error.Message] : error.ToString().Split('\n');
            return new CellResult(CellStatus.Error, null, new CellError(error.GetType().Name, error.Message, trace));
        }
        finally
        {
            crash.Clear();
        }
    }

    private JsonObject UserExpressions(Message request, CancellationToken cancellation, int number)
    {
        JsonObject answers = [];
        if (request.Content["user_expressions"] is not JsonObject expressions)
            return answers;
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

    private static JsonObject ErrorContent(CellError error) =>
        new()
        {
            ["ename"] = error.Name,
            ["evalue"] = error.Message,
            ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
        };

    [GeneratedRegex(@"^\s*((?:#!)?[\w.-]+)\?\s*$")]
    private static partial Regex Asked();
}
