using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Workbench.Jupyter;
using NetMQ;
using NetMQ.Sockets;

namespace GeoVlm.Workbench.Languages;

/// <summary>A running Jupyter kernel of our own, on loopback, and a front end's sockets to it. One thread at a time.</summary>
internal sealed partial class KernelProcess : IDisposable
{
    private const int InterruptSignal = 2;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(10); // it listens only after a while

    private readonly Process process;
    private readonly string connectionFile;
    private readonly WireFormat wire;
    private readonly DealerSocket shell = new(),
        control = new(),
        stdin = new();
    private readonly SubscriberSocket ioPub = new();
    private readonly NetMQSelector selector = new();
    private readonly NetMQSelector.Item[] heard;
    private readonly Queue<string> errors = new();

    private KernelProcess(Process process, string connectionFile, ConnectionFile connection)
    {
        (this.process, this.connectionFile) = (process, connectionFile);
        wire = new WireFormat(new MessageSigner(connection.Key));
        byte[] identity = Guid.NewGuid().ToByteArray(bigEndian: true);
        identity[0] |= 1; // a leading zero is reserved
        foreach (
            (DealerSocket socket, int port) in ((DealerSocket, int)[])
                [(shell, connection.ShellPort), (control, connection.ControlPort), (stdin, connection.StdinPort)]
        )
        {
            socket.Options.Identity = identity;
            socket.Options.Linger = TimeSpan.Zero;
            socket.Options.ReconnectInterval = Retry;
            socket.Options.ReceiveHighWatermark = 0;
            socket.Connect(connection.Address(port));
        }
        heard = [.. ((NetMQSocket[])[ioPub, shell, stdin]).Select(socket => new NetMQSelector.Item(socket, PollEvents.PollIn))];
        ioPub.Options.ReconnectInterval = Retry;
        ioPub.Options.ReceiveHighWatermark = 0;
        ioPub.Options.Linger = TimeSpan.Zero;
        ioPub.SubscribeToAnyTopic();
        ioPub.Connect(connection.Address(connection.IoPubPort));
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                if (line.Data is not null)
                    errors.Enqueue(line.Data);
                if (errors.Count > 20)
                    errors.Dequeue();
            }
        };
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public bool HasEnded => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>Memory that it holds now.</summary>
    public long MemoryBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Starts a kernel and waits until it answers and is heard.</summary>
    /// <exception cref="GeoVlmException">It does not start.</exception>
    public static KernelProcess Start(string name, KernelLaunch launch, CancellationToken cancellation)
    {
        int[] ports = FreePorts(5);
        ConnectionFile connection = new()
        {
            Ip = "127.0.0.1",
            Key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ShellPort = ports[0],
            ControlPort = ports[1],
            StdinPort = ports[2],
            IoPubPort = ports[3],
            HeartbeatPort = ports[4],
        };
        string file = Path.Combine(Path.GetTempPath(), $"geovlm-{Guid.NewGuid():N}.json");
        FileStreamOptions ownersOnly = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            ownersOnly.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (FileStream stream = new(file, ownersOnly))
            JsonSerializer.Serialize(stream, connection);
        ProcessStartInfo start = new(
            launch.Arguments[0],
            launch.Arguments.Skip(1).Select(word => word.Replace("{connection_file}", file, StringComparison.Ordinal))
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string key, string value) in launch.Environment)
            start.Environment[key] = value;
        start.Environment["JPY_PARENT_PID"] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Process started;
        try
        {
            started = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            File.Delete(file);
            throw new GeoVlmException($"{name}: {launch.Arguments[0]} cannot be started: {error.Message}", error);
        }
        KernelProcess kernel = new(started, file, connection);
        try
        {
            kernel.WaitUntilReady(name, cancellation);
            return kernel;
        }
        catch
        {
            kernel.Dispose();
            throw;
        }
    }

    /// <summary>Sends a cell; returns the id that its messages name.</summary>
    public string Execute(string code) =>
        Send(
            shell,
            "execute_request",
            new JsonObject
            {
                ["code"] = code,
                ["silent"] = false,
                ["store_history"] = true,
                ["user_expressions"] = new JsonObject(),
                ["allow_stdin"] = true,
                ["stop_on_error"] = true,
            }
        );

    /// <summary>Asks for completions at the end of a text; returns the id that the answer names.</summary>
    public string Complete(string code) =>
        Send(shell, "complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = code.Length });

    /// <summary>Answers the latest question.</summary>
    public void Answer(string value) => Send(stdin, "input_reply", new JsonObject { ["value"] = value });

    /// <summary>Interrupts what runs.</summary>
    public void Interrupt(bool byMessage)
    {
        if (byMessage || OperatingSystem.IsWindows())
            Send(control, "interrupt_request", []);
        else if (!process.HasExited)
            _ = Kill(process.Id, InterruptSignal); // gone meanwhile: nothing to interrupt
    }

    /// <summary>The next message from the kernel; null when none came within a few milliseconds.</summary>
    public Message? Receive()
    {
        // All at once: waiting for one of them would delay what has come on another.
        if (!selector.Select(heard, heard.Length, (long)Slice.TotalMilliseconds))
            return null;
        List<byte[]> frames = [];
        return heard.Any(item => item.Socket!.TryReceiveMultipartBytes(ref frames!)) ? wire.Read(frames, out _) : null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (NetMQSocket socket in (NetMQSocket[])[shell, control, stdin, ioPub])
            socket.Dispose();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
        File.Delete(connectionFile);
    }

    // Its first broadcast proves that the subscription is in place; without it, the output of a first cell would be lost.
    private void WaitUntilReady(string name, CancellationToken cancellation)
    {
        Stopwatch waited = Stopwatch.StartNew();
        bool answered = false,
            heard = false;
        long asked = -1000;
        while (!answered || !heard)
        {
            cancellation.ThrowIfCancellationRequested();
            if (process.HasExited)
            {
                process.WaitForExit();
                string why;
                lock (errors)
                    why = string.Join('\n', errors);
                throw new GeoVlmException(
                    $"{name}: the kernel ended as it started (exit code {process.ExitCode}).\n{why}\nFor Python, ipykernel must be installed: pip install ipykernel."
                );
            }
            if (waited.Elapsed > StartPatience)
                throw new GeoVlmException($"{name}: the kernel did not answer within {StartPatience.TotalSeconds:0} s.");
            if (waited.ElapsedMilliseconds - asked > 500)
            {
                Send(shell, "kernel_info_request", []);
                asked = waited.ElapsedMilliseconds;
            }
            if (Receive() is not { } message)
                continue;
            if (message.Type == "kernel_info_reply")
                answered = true;
            else
                heard |= message.Type == "status";
        }
    }

    private string Send(DealerSocket socket, string type, JsonObject content)
    {
        Message message = Message.Create(type, content, null, []);
        socket.SendMultipartBytes(wire.Write(message));
        return message.Header["msg_id"]!.GetValue<string>();
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

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
