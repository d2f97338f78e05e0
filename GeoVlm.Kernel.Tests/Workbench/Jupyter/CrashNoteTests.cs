using GeoVlm.Workbench.Jupyter;

namespace GeoVlm.Tests.Workbench.Jupyter;

public sealed class CrashNoteTests
{
    private readonly ConnectionFile connection = new()
    {
        Ip = "127.0.0.1",
        Key = Guid.NewGuid().ToString(),
        ShellPort = Random.Shared.Next(100_000, 1_000_000), // no port: the note is named after it
        ControlPort = 1,
        StdinPort = 2,
        IoPubPort = 3,
        HeartbeatPort = 4,
    };

    [Fact]
    public void TheCellThatRanWhenTheProcessEndedIsNamedOnceAndWhole()
    {
        CrashNote first = new(connection);
        Assert.Null(first.Take());
        first.Write(new string('x', 10_000));
        first.Clear();
        first.Write("Crash();\nNow();");
        // The process ends: nothing is disposed.
        using CrashNote second = new(connection);
        string? news = second.Take();
        Assert.EndsWith("the variables are lost.\n  | Crash();\n  | Now();\n", news, StringComparison.Ordinal);
        Assert.Null(second.Take());
    }

    [Fact]
    public void WhatEndedWithoutACellRunningLeavesNothing()
    {
        CrashNote first = new(connection);
        first.Write("1 + 1");
        first.Clear();
        using CrashNote second = new(connection);
        Assert.Null(second.Take());
    }
}
