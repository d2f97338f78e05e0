using System.Diagnostics;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>The Jupyter kernel as a front end sees it, beside this machine's ipykernel
/// where there is one: real processes, the same client.</summary>
public sealed class KernelBenchmark : IBenchmark
{
    private const int StreamMegabytes = 8; // a cell may print 8 MiB

    /// <inheritdoc/>
    public string Name => "kernel";

    /// <inheritdoc/>
    public string Summary => "start, cells, completion and output of the Jupyter kernel, beside ipykernel";

    /// <inheritdoc/>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        Subject own = new(
            "GeoVlm",
            KernelLaunch.Own(),
            "Console.WriteL",
            $"{{ var b = new string('x', 99_999) + \"\\n\"; for (int i = 0; i < {StreamMegabytes * 10}; i++) Console.Write(b); }}"
        );
        Figures ours = Measure(own, quick, progress, cancellation);
        Figures? theirs = Python() is { } python ? Measure(python, quick, progress, cancellation) : null;
        List<Measurement> all =
        [
            new(
                "start to kernel_info, median",
                ours.Start,
                "s",
                "at most 0.3 s, and no slower than ipykernel",
                ours.Start <= 0.3 && !(ours.Start > theirs?.Start)
            ),
            new("first cell, median", ours.First, "s", "at most 0.7 s", ours.First <= 0.7),
            new("warm 1+1, p50", ours.Warm50, "ms", "no slower than ipykernel", theirs is null ? null : ours.Warm50 <= theirs.Warm50),
            new("warm 1+1, p95", ours.Warm95, "ms"),
            new("completion, first", ours.CompletionFirst, "ms", "at most 1500 ms", ours.CompletionFirst <= 1500),
            new("completion, p95", ours.Completion95, "ms", "at most 60 ms", ours.Completion95 <= 60),
            new($"{StreamMegabytes} MB of output", ours.Stream, "MB/s", "at least 50 MB/s", ours.Stream >= 50),
            new("memory added by warm cells", ours.Growth, "MB/1000 cells", "at most 150 MB", ours.Growth <= 150),
        ];
        if (theirs is null)
            return all;
        return
        [
            .. all,
            new("ipykernel: start to kernel_info, median", theirs.Start, "s"),
            new("ipykernel: first cell, median", theirs.First, "s"),
            new("ipykernel: warm 1+1, p50", theirs.Warm50, "ms"),
            new("ipykernel: warm 1+1, p95", theirs.Warm95, "ms"),
            new("ipykernel: completion, p95", theirs.Completion95, "ms"),
            new($"ipykernel: {StreamMegabytes} MB of output", theirs.Stream, "MB/s"),
        ];
    }

    private static Subject? Python()
    {
        try
        {
            return new(
                "ipykernel",
                KernelLaunch.Python(),
                "import os; os.pat",
                $"b = 'x' * 99_999 + '\\n'\nfor i in range({StreamMegabytes * 10}): print(b, end='')"
            );
        }
        catch (GeoVlmException)
        {
            return null; // no Python here: our figures stand alone
        }
    }

    private static Figures Measure(Subject subject, bool quick, Action<string> progress, CancellationToken cancellation)
    {
        progress($"{subject.Name}: starting");
        List<double> starts = [],
            firsts = [];
        KernelProcess? kernel = null;
        try
        {
            for (int i = 0; i < (quick ? 1 : 3); i++)
            {
                kernel?.Dispose();
                Stopwatch start = Stopwatch.StartNew();
                kernel = KernelProcess.Start(subject.Name, subject.Launch, cancellation);
                starts.Add(start.Elapsed.TotalSeconds);
                firsts.Add(Wait(kernel, kernel.Execute("1+1"), cancellation) / 1000);
            }
            progress($"{subject.Name}: cells and completion");
            int count = quick ? 100 : 1000;
            for (int i = 0; i < 20; i++)
                Wait(kernel!, kernel!.Execute("1+1"), cancellation);
            double first = Wait(kernel!, kernel!.Complete(subject.Completion), cancellation);
            double[] completions =
            [
                .. Enumerable.Range(0, 40).Select(_ => Wait(kernel, kernel.Complete(subject.Completion), cancellation)).Order(),
            ];
            long before = kernel.MemoryBytes;
            double[] warm = [.. Enumerable.Range(0, count).Select(_ => Wait(kernel, kernel.Execute("1+1"), cancellation)).Order()];
            double growth = (kernel.MemoryBytes - before) / 1e6 * 1000 / count;
            progress($"{subject.Name}: output");
            Wait(kernel, kernel.Execute(subject.Stream), cancellation); // a first time, for the compilers
            double stream = Wait(kernel, kernel.Execute(subject.Stream), cancellation);
            return new Figures(
                Median(starts),
                Median(firsts),
                warm[count / 2],
                warm[count * 95 / 100],
                first,
                completions[38],
                StreamMegabytes * 1000 / stream,
                growth
            );
        }
        finally
        {
            kernel?.Dispose();
        }
    }

    // Milliseconds until the reply and the idle after it.
    private static double Wait(KernelProcess kernel, string request, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        bool replied = false,
            idle = false;
        while (!replied || !idle)
        {
            cancellation.ThrowIfCancellationRequested();
            if (kernel.HasEnded)
                throw new GeoVlmException($"The kernel ended (exit code {kernel.ExitCode}) while it was measured.");
            if (kernel.Receive() is not { } message || message.Parent["msg_id"]?.GetValue<string>() != request)
                continue;
            replied |= message.Type.EndsWith("_reply", StringComparison.Ordinal);
            idle |= message.Text("execution_state") == "idle";
        }
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed record Subject(string Name, KernelLaunch Launch, string Completion, string Stream);

    private sealed record Figures(
        double Start,
        double First,
        double Warm50,
        double Warm95,
        double CompletionFirst,
        double Completion95,
        double Stream,
        double Growth
    );
}
