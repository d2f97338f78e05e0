using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>One kernel process, from the connection file to shutdown.</summary>
/// <remarks>Three threads: the sockets, shell (cells, in order) and control (interrupt and shutdown, while a cell runs).
/// The session starts in the background, so that kernel_info is answered before the compiler is loaded.</remarks>
public sealed class JupyterKernel : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Channels channels;
    private readonly Lazy<ISession> session;
    private readonly ExecuteHandler execute;
    private readonly InputHistory history = new();
    private readonly CodeAssistance assistance;
    private readonly CancellationTokenSource stop = new();

    /// <summary>Binds the sockets.</summary>
    /// <param name="connection">Where they listen.</param>
    /// <param name="newSession">Makes the session, given the folder that relative paths in cells start from.</param>
    /// <param name="commands">The magic commands, for completion.</param>
    /// <exception cref="GeoVlmException">A port is taken.</exception>
    public JupyterKernel(ConnectionFile connection, Func<string, ISession> newSession, IReadOnlyList<IMagicCommand> commands)
    {
        channels = new Channels(connection);
        session = new Lazy<ISession>(() => newSession(Environment.CurrentDirectory));
        execute = new ExecuteHandler(channels, session, history);
        assistance = new CodeAssistance(session);
    }

    /// <summary>Serves requests until a front end, or SIGTERM, asks the kernel to stop. SIGINT interrupts the running cell.</summary>
    public void Run()
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            execute.Interrupt();
        });
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });

        using IDisposable? parent = ParentWatch.Start(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), stop.Cancel);

        channels.Publish("status", new JsonObject { ["execution_state"] = "starting" }, null);
        _ = Task.Run(() => session.Value); // should it fail, the first cell shows why
        Thread shell = Serve("jupyter shell", channels.Shell, numbered => Between(numbered.Message, () => Answer(numbered)));
        Thread control = Serve("jupyter control", channels.Control, request => Between(request, () => AnswerControl(request, channels.SendControl)));
        stop.Token.WaitHandle.WaitOne();

        execute.Interrupt();
        control.Join(Patience);
        // A cell deep in native code may not end; its thread then dies with the process.
        if (shell.Join(Patience) && session.IsValueCreated) session.Value.Dispose();
    }

    /// <summary>Sends what is waiting and closes the sockets.</summary>
    public void Dispose()
    {
        channels.Dispose();
        stop.Dispose();
    }

    private Thread Serve<T>(string name, BlockingCollection<T> requests, Action<T> answer)
    {
        Thread thread = new(() =>
        {
            while (!stop.IsCancellationRequested) // the request that stops the kernel is answered to its end
            {
                try
                {
                    answer(requests.Take(stop.Token));
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return;
                }
            }
        }) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Answer(Numbered numbered)
    {
        Message request = numbered.Message;
        switch (request.Type)
        {
            case "execute_request":
                execute.Handle(numbered);
                break;
            case "complete_request":
                channels.SendShell(request.Reply(assistance.Complete(request, stop.Token)));
                break;
            case "inspect_request":
                channels.SendShell(request.Reply(assistance.Inspect(request, stop.Token)));
                break;
            case "is_complete_request":
                channels.SendShell(request.Reply(CompletenessCheck.Answer(request.Text("code") ?? "")));
                break;
            case "history_request":
                channels.SendShell(request.Reply(history.Answer(request)));
                break;
            case "comm_info_request":
                channels.SendShell(request.Reply(new JsonObject { ["status"] = "ok", ["comms"] = new JsonObject() }));
                break;
            case "comm_open": // no target is registered: say so, or a widget waits for ever
                JsonObject close = new() { ["comm_id"] = request.Text("comm_id"), ["data"] = new JsonObject() };
                channels.Publish("comm_close", close, request.Header);
                break;
            default:
                AnswerControl(request, channels.SendShell);
                break;
        }
    }

    // Shutdown came over shell before protocol 5.4; a type that is not known gets no answer, as the protocol says.
    private void AnswerControl(Message request, Action<Message> send)
    {
        switch (request.Type)
        {
            case "kernel_info_request":
                send(request.Reply(KernelInfo.Answer()));
                break;
            case "interrupt_request":
                execute.Interrupt();
                send(request.Reply(new JsonObject { ["status"] = "ok" }));
                break;
            case "shutdown_request":
                send(request.Reply(new JsonObject { ["status"] = "ok", ["restart"] = request.Flag("restart") == true }));
                stop.Cancel();
                break;
        }
    }

    // Front ends wait for the idle that ends each request, so it is last and never missing.
    private void Between(Message request, Action answer)
    {
        Status("busy", request);
        try
        {
            answer();
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"geovlm: {request.Type} failed: {error}");
        }
        finally
        {
            Status("idle", request);
        }
    }

    private void Status(string state, Message request) =>
        channels.Publish("status", new JsonObject { ["execution_state"] = state }, request.Header);
}
