using System.Diagnostics;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!time</c>: how long the rest of the cell takes.</summary>
public sealed class TimeCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!time";

    /// <inheritdoc />
    public string Summary => "Prints the wall time of the rest of the cell, compilation included.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!time\nEnumerable.Range(0, 1000).Sum()"];

    /// <inheritdoc />
    public string CSharp => "var watch = Stopwatch.StartNew(); /* … */ Console.WriteLine(watch.Elapsed);";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context)
    {
        Stopwatch watch = Stopwatch.StartNew();
        context.AtCellEnd(() => context.Host.Stream(StreamKind.Stdout, $"wall time: {Describe(watch.Elapsed)}\n"));
    }

    private static string Describe(TimeSpan elapsed) =>
        elapsed switch
        {
            { TotalSeconds: < 1 } => $"{elapsed.TotalMilliseconds:0.0} ms",
            { TotalMinutes: < 1 } => $"{elapsed.TotalSeconds:0.00} s",
            _ => $"{(int)elapsed.TotalMinutes} min {elapsed.Seconds} s",
        };
}
