using System.Diagnostics;
using GeoVlm.Workbench.Notebooks;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary>A line per cell: how it ended, how long it took, what it printed last. On a terminal the running cell's line is live.</summary>
internal sealed class TerminalProgress(IAnsiConsole console, StatusContext? live) : IRunProgress
{
    private readonly Lock gate = new();
    private string title = "";
    private string lastLine = "";
    private long started;

    /// <summary>Runs something while its progress is shown.</summary>
    public static T Follow<T>(IAnsiConsole console, Func<IRunProgress, T> run) =>
        console.Profile.Capabilities.Interactive
            ? console
                .Status()
                .Start(
                    "Starting",
                    status =>
                    {
                        TerminalProgress progress = new(console, status);
                        using Timer clock = new(_ => progress.ShowRunning(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
                        return run(progress);
                    }
                )
            : run(new TerminalProgress(console, null));

    public void LeftOut(string source, string why)
    {
        lock (gate)
            console.MarkupLine($"left out  {Markup.Escape(FirstLine(source))}  [grey]{Markup.Escape(why)}[/]");
    }

    public void CellStarted(int number, int count, string source)
    {
        lock (gate)
        {
            title = $"[[{number}/{count}]] {Markup.Escape(FirstLine(source))}";
            lastLine = "";
            started = Stopwatch.GetTimestamp();
        }
    }

    public void Printed(string text)
    {
        string? line = text.Split('\n', '\r').LastOrDefault(line => line.Trim().Length > 0);
        if (line is null)
            return;
        lock (gate)
            lastLine = Shortened(line.Trim(), 60);
    }

    public void CellEnded(CellStatus status, TimeSpan elapsed)
    {
        string mark = status switch
        {
            CellStatus.Ok => "[green]ok[/]  ",
            CellStatus.Error => "[red]fail[/]",
            _ => "[red]stop[/]",
        };
        lock (gate)
        {
            console.MarkupLine($"{mark} {Line(elapsed)}");
            title = "";
        }
    }

    private void ShowRunning()
    {
        lock (gate)
            if (title.Length > 0)
                live!.Status(Line(Stopwatch.GetElapsedTime(started)));
    }

    private string Line(TimeSpan elapsed)
    {
        string printed = lastLine.Length == 0 ? "" : $"  [grey]{Markup.Escape(lastLine)}[/]";
        return FormattableString.Invariant($"{elapsed.TotalSeconds, 7:0.0} s  {title}{printed}");
    }

    private static string FirstLine(string source) =>
        Shortened(source.Split('\n').FirstOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "", 50);

    private static string Shortened(string text, int most) => text.Length <= most ? text : text[..(most - 3)] + "...";
}
