using System.Diagnostics;
using GeoVlm.Rendering;
using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench.Jupyter;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Tests.Workbench.Languages;

/// <summary>Our own kernel as a process, seen from a front end.</summary>
[Collection(RunsAlone.Name)] // it times interrupts
public sealed class KernelProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly KernelProcess kernel = KernelProcess.Start(
        "geovlm",
        new KernelLaunch(Program, new Dictionary<string, string>(), "c#", true),
        CancellationToken.None
    );

    /// <summary>The command of a kernel specification.</summary>
    internal static string[] Program { get; } =
    [
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        "exec",
        Path.Combine(AppContext.BaseDirectory, "GeoVlm.Kernel.dll"),
        "jupyter",
        "kernel",
        "{connection_file}",
    ];

    public void Dispose() => kernel.Dispose();

    [Fact]
    public void Interrupts_by_message_and_by_signal_end_a_cell_and_keep_the_variables()
    {
        Until(kernel.Execute("string kept = \"kept\";"), message => message.Type == "execute_reply");
        string[] cells =
        [
            "while (true) { }",
            "Thread.Sleep(60_000);",
            "await Task.Delay(60_000);",
            "Console.ReadLine();",
            "System.Text.RegularExpressions.Regex.IsMatch(new string('a', 32) + \"!\", \"^(a+)+$\")",
        ];
        foreach ((string cell, bool byMessage) in cells.SelectMany(cell => new[] { (cell, true), (cell, false) }))
        {
            string id = kernel.Execute("Console.Write(\"on\"); Thread.Sleep(1); " + cell);
            Assert.Equal(
                (cell, true),
                (cell, Until(id, message => message.Type is "stream" or "input_request" or "execute_reply").Type != "execute_reply")
            );
            Stopwatch watch = Stopwatch.StartNew();
            kernel.Interrupt(byMessage);
            Assert.Equal("Interrupted", Until(id, message => message.Type == "execute_reply").Text("ename"));
            Assert.True(watch.Elapsed < Deadlines.Prompt, $"{cell} took {watch.Elapsed}");
        }
        Assert.Equal(
            "kept",
            Until(kernel.Execute("kept"), message => message.Type == "execute_result").Content["data"]![MimeBundle.Text]!.GetValue<string>()
        );
    }

    [Fact]
    public void A_signal_interrupts_a_kernel_that_a_shell_started_with_the_signal_ignored()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are ignored across exec on Unix, and told by /proc on Linux");
        using var background = KernelProcess.Start(
            "geovlm",
            new KernelLaunch(["/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh", .. Program], new Dictionary<string, string>(), "c#", true),
            CancellationToken.None
        );
        string id = background.Execute("Console.Write(\"on\"); Thread.Sleep(1); while (true) { }");
        Until(background, id, message => message.Type == "stream");
        background.Interrupt(byMessage: false);
        Assert.Equal("Interrupted", Until(background, id, message => message.Type == "execute_reply").Text("ename"));
    }

    [Fact]
    public void Code_that_ends_the_process_behind_our_back_is_told_before_it_goes()
    {
        string id = kernel.Execute("typeof(Environment).GetMethod(\"Exit\")!.Invoke(null, [3]);");
        Assert.Contains("the process of the kernel ends", Until(id, message => message.Type == "error").Text("evalue"));
        Assert.True(SpinWait.SpinUntil(() => kernel.HasEnded, Patience));
        Assert.Equal(3, kernel.ExitCode);
    }

    private Message Until(string request, Func<Message, bool> isIt) => Until(kernel, request, isIt);

    private static Message Until(KernelProcess kernel, string request, Func<Message, bool> isIt)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience)
            if (kernel.Receive() is { } message && message.Parent["msg_id"]?.GetValue<string>() == request && isIt(message))
                return message;
        throw new TimeoutException("The kernel did not say it.");
    }
}
