using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>One kernel process, from the connection file to shutdown.</summary>
/// <remarks>Threads: the sockets, shell (cells, in order), one for each subshell, control (interrupt and shutdown, while a cell runs), and
/// comms. The session starts in the background, so that kernel_info is answered before the compiler is loaded.</remarks>
public sealed class JupyterKernel : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1),
        UntilWarmUp = TimeSpan.FromSeconds(1),
        UntilAssistance = TimeSpan.FromSeconds(4);

    private readonly Channels channels;
    private readonly Lazy<ISession> session;
    private readonly InputHistory history = new();
    private readonly CodeAssistance assistance;
    private readonly CommHandler comms;
    private readonly Subshells subshells;
    private readonly CancellationTokenSource stop = new();
    private readonly ManualResetEventSlim answered = new();
    private readonly CrashNote crash;

    /// <summary>Binds the sockets.</summary>
    /// <param name="connection">Where they listen.</param>
    /// <param name="newSession">Makes the session, given the folder that relative paths in cells start from.</param>
    /// <exception cref="GeoVlmException">A port is taken.</exception>
    public JupyterKernel(ConnectionFile connection, Func<string, ISession> newSession)
    {
        channels = new Channels(connection);
        crash = new CrashNote(connection);
        session = new Lazy<ISession>(() => newSession(Environment.CurrentDirectory));
        assistance = new CodeAssistance(session);
        comms = new CommHandler(channels, session);
        subshells = new Subshells(id => new ShellLane(
            id,
            new ExecuteHandler(channels, session, history, crash, id is not null),
            Answer,
            stop.Token
        ));
    }

    /// <summary>Serves requests until a front end, or SIGTERM, asks the kernel to stop. SIGINT interrupts the running cell.</summary>
    public void Run()
    {
        using PosixSignalRegistration interrupt = InterruptSignal.Listen(subshells.Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            }
        );
        AppDomain.CurrentDomain.ProcessExit += Leaving;
        using IDisposable? parent = ParentWatch.Start(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), stop.Cancel);

        channels.Publish("status", new JsonObject { ["execution_state"] = "starting" }, null);
        ShellLane main = subshells.Main;
        Thread control = new(ServeControl) { Name = "jupyter control", IsBackground = true };
        control.Start();
        Thread warmUp = new(WarmUp) { Name = "jupyter warm-up", IsBackground = true };
        warmUp.Start();
        channels.Start(Route, channels.Control.Add, channels.Stdin.Add);
        stop.Token.WaitHandle.WaitOne();

        AppDomain.CurrentDomain.ProcessExit -= Leaving;
        subshells.Interrupt();
        control.Join(Patience);
        // A cell deep in native code may not end; its thread then dies with the process.
        if (main.Join(Patience) && session.IsValueCreated)
            session.Value.Dispose();
        crash.Dispose();
    }

    /// <summary>Sends what is waiting and closes the sockets.</summary>
    public void Dispose()
    {
        channels.Dispose();
        stop.Dispose();
    }

    // The compiler comes after the first answer, which it would slow down, and the language services after it: a first cell wants the
    // processor.
    private void WarmUp()
    {
        try
        {
            answered.Wait(UntilWarmUp, stop.Token);
            ISession made = session.Value; // should it fail, the first cell shows why
            stop.Token.WaitHandle.WaitOne(UntilAssistance);
            if (!stop.IsCancellationRequested)
                made.Complete("Console.", 8, stop.Token);
        }
        catch (Exception error)
        {
            if (!stop.IsCancellationRequested)
                Console.Error.WriteLine($"geovlm: warming up failed: {error.Message}");
        }
    }

    // On the thread of the sockets. What moves in a widget must reach a running cell, which is what a slider or a stop button is for.
    private void Route(Message request)
    {
        if (request.Type == "comm_msg" && session.IsValueCreated && session.Value.Comms?.IsImmediate(request.Text("comm_id") ?? "") == true)
            ThreadPool.QueueUserWorkItem(_ => Between(request, channels.SendShell, () => comms.Handle(request)));
        else if (subshells.Find(request.SubshellId) is { } lane)
            lane.Add(request);
        else
            Between(request, channels.SendShell, () => throw new GeoVlmException($"There is no subshell {request.SubshellId}."));
    }

    private void ServeControl()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Message request = channels.Control.Take(stop.Token);
                Between(request, channels.SendControl, () => AnswerControl(request, channels.SendControl));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Answer(ShellLane lane, Numbered numbered) =>
        Between(
            numbered.Message,
            channels.SendShell,
            () =>
            {
                Message request = numbered.Message;
                JsonObject? content = request.Type switch
                {
                    "complete_request" => assistance.Complete(request, stop.Token),
                    "inspect_request" => assistance.Inspect(request, stop.Token),
                    "is_complete_request" => CompletenessCheck.Answer(request.Text("code") ?? ""),
                    "history_request" => history.Answer(request),
                    "comm_info_request" => comms.Info(request),
                    _ => null,
                };
                if (content is not null)
                    channels.SendShell(request.Reply(content));
                else if (request.Type == "execute_request")
                    lane.Execute.Handle(numbered, () => lane.Received);
                else if (request.Type is "comm_open" or "comm_msg" or "comm_close")
                    comms.Handle(request);
                else
                    AnswerControl(request, channels.SendShell);
            }
        );

    // Shutdown came over shell before protocol 5.4; a type that is not known gets no answer, as the protocol says.
    private void AnswerControl(Message request, Action<Message> send)
    {
        switch (request.Type)
        {
            case "kernel_info_request":
                send(request.Reply(KernelInfo.Answer()));
                answered.Set();
                break;
            case "interrupt_request":
                subshells.Interrupt();
                send(request.Reply(new JsonObject { ["status"] = "ok" }));
                break;
            case "create_subshell_request" or "delete_subshell_request" or "list_subshell_request":
                send(request.Reply(subshells.Answer(request)));
                break;
            case "shutdown_request":
                send(request.Reply(new JsonObject { ["status"] = "ok", ["restart"] = request.Flag("restart") == true }));
                stop.Cancel();
                break;
        }
    }

    // Front ends wait for the reply, and for the idle that ends each request: they come whatever happens, and idle is last.
    private void Between(Message request, Action<Message> send, Action answer)
    {
        Status("busy", request);
        try
        {
            answer();
        }
        catch (Exception error)
        {
            if (error is not GeoVlmException)
                Console.Error.WriteLine($"geovlm: {request.Type} failed: {error}");
            if (request.Type.EndsWith("_request", StringComparison.Ordinal))
                send(
                    request.Reply(
                        new JsonObject
                        {
                            ["status"] = "error",
                            ["ename"] = error.GetType().Name,
                            ["evalue"] = error.Message,
                            ["traceback"] = new JsonArray(error.Message),
                        }
                    )
                );
        }
        finally
        {
            Status("idle", request);
        }
    }

    private void Status(string state, Message request) =>
        channels.Publish("status", new JsonObject { ["execution_state"] = state }, request.Header);

    // Somebody, most likely a library that a cell called, ends the process: no cell may just vanish.
    private void Leaving(object? sender, EventArgs arguments)
    {
        subshells.Leave(
            $"the process of the kernel ends (exit code {Environment.ExitCode}), because code called Environment.Exit; its variables are lost"
        );
        channels.Dispose();
        crash.Clear();
    }
}
