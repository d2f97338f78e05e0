using System.Diagnostics;
using GeoVlm.Rendering;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench;

public sealed class SessionInterruptTests
{
    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("for (;;) ;")]
    [InlineData("again: n++; goto again;")]
    [InlineData("Thread.Sleep(60_000);")]
    [InlineData("Task.Delay(60_000).Wait();")]
    [InlineData("await Task.Delay(60_000);")]
    [InlineData("await Task.Delay(60_000, Cancellation);")]
    [InlineData("while (true) { try { Thread.Sleep(60_000); } catch { } }")]
    [InlineData("while (true) { try { while (true) { } } catch { } }")]
    [InlineData("Task.Run(() => { while (true) { } }).Wait();")]
    [InlineData("Parallel.For(0, 8, i => { while (true) { } });")]
    [InlineData("while (true) Console.WriteLine(n++);")]
    [InlineData("Enumerable.Repeat(1, int.MaxValue).Concat(Enumerable.Repeat(1, int.MaxValue)).Where(x => x < 0).Count()")]
    [InlineData("int Down(int m) => m == 0 ? 0 : Down(m - 1) + Down(m - 1); Down(60)")]
    [InlineData("Array.ForEach(new bool[100_000_000], Console.WriteLine);")]
    [InlineData("System.Text.RegularExpressions.Regex.IsMatch(new string('a', 28) + \"!\", \"^(a+)+$\")")]
    public async Task EndsPromptlyAndTheSessionLives(string code)
    {
        using Session session = new(outputLimit: 10_000);
        session.Execute("int n = 0; string kept = \"kept\";", new RecordingHost(), CancellationToken.None);
        (CellResult result, TimeSpan took) = await Interrupt(
            session,
            "kept += \" and changed\"; Console.Error.Write(\"on\"); " + code,
            new RecordingHost()
        );
        Assert.Equal(CellStatus.Interrupted, result.Status);
        Assert.True(took < Deadlines.Prompt, $"took {took}");
        CellResult after = session.Execute("for (int i = 0; i < 3; i++) n = i; kept", new RecordingHost(), CancellationToken.None);
        Assert.Equal("kept and changed", after.Value?.Data[MimeBundle.Text] ?? after.Error?.Message);
    }

    [Theory]
    [InlineData("await Task.Delay(60_000);", "pass Cancellation on")]
    [InlineData("await Task.Delay(60_000, Cancellation);", "live on")]
    [InlineData("System.Text.RegularExpressions.Regex.IsMatch(new string('a', 28) + \"!\", \"^(a+)+$\")", "goes on in the background")]
    public async Task WhatDidNotStopIsSaidAsItIs(string code, string end)
    {
        using Session session = new();
        (CellResult result, _) = await Interrupt(session, "Console.Error.Write(\"on\"); " + code, new RecordingHost());
        string[] ends = ["pass Cancellation on", "goes on in the background"];
        Assert.Contains(end, result.Error!.Message);
        Assert.All(ends.Where(other => other != end), other => Assert.DoesNotContain(other, result.Error.Message));
    }

    [Fact]
    public async Task CleanUpCodeRunsAndPrints()
    {
        using Session session = new();
        RecordingHost host = new();
        (CellResult result, _) = await Interrupt(
            session,
            "var half = new List<int> { 1 }; try { Console.Error.Write(\"on\"); while (true) { } } finally { Console.Write(\"saved\"); }",
            host
        );
        Assert.Equal((CellStatus.Interrupted, "saved"), (result.Status, host.Out));
        Assert.Equal("1", session.Execute("half.Count", new RecordingHost(), CancellationToken.None).Value?.Data[MimeBundle.Text]);
    }

    [Fact]
    public async Task NothingBelowAnInterruptedPartRuns()
    {
        using Session session = new();
        RecordingHost host = new();
        await Interrupt(
            session,
            "try { Console.Error.Write(\"on\"); Thread.Sleep(60_000); } catch { }\n#!about\nConsole.Write(\"ran\");",
            host
        );
        Assert.Equal("", host.Out);
    }

    // The cell tells by its first word on Console.Error that it runs.
    private static async Task<(CellResult Result, TimeSpan Took)> Interrupt(Session session, string code, RecordingHost host)
    {
        using CancellationTokenSource stop = new();
        Task<CellResult> cell = Task.Factory.StartNew(() => session.Execute(code, host, stop.Token), TaskCreationOptions.LongRunning);
        Assert.True(SpinWait.SpinUntil(() => host.Err.Length > 0 || cell.IsCompleted, 60_000), "the cell did not start");
        await Task.Delay(20, CancellationToken.None);
        Stopwatch watch = Stopwatch.StartNew();
        await stop.CancelAsync();
        return (await cell, watch.Elapsed);
    }
}
