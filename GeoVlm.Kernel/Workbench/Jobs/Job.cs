using System.Diagnostics;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Jobs;

/// <summary>The work of a magic command that goes on after its cell has ended, on a thread of its own.</summary>
public sealed class Job
{
    private readonly CancellationTokenSource stop = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly ManualResetEventSlim ended = new();

    internal Job(string name, string what, JobOutput output) => (Name, What, Output) = (name, what, output);

    /// <summary>What <c>#!geo-job</c> calls it.</summary>
    public string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public string What { get; }

    /// <summary>How it stands.</summary>
    public JobState State { get; private set; }

    /// <summary>Why it failed; null unless it did.</summary>
    public string? Error { get; private set; }

    /// <summary>Time that it took so far.</summary>
    public TimeSpan Elapsed => clock.Elapsed;

    internal JobOutput Output { get; }

    /// <summary>Asks it to stop, as an interrupt would: within a token or a micro-batch.</summary>
    public void Stop() => stop.Cancel();

    /// <summary>Waits until it has ended.</summary>
    /// <param name="cancellation">Ends the waiting, not the job.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public void Wait(CancellationToken cancellation = default) => ended.Wait(cancellation);

    internal bool Wait(TimeSpan longest) => ended.Wait(longest);

    internal void Start(CommandContext start, Action<CommandContext> work)
    {
        var context = new JobContext(start, Output, stop.Token);
        new Thread(() => Run(() => work(context))) { IsBackground = true, Name = $"job {Name}" }.Start();
    }

    private void Run(Action work)
    {
        try
        {
            work();
            State = JobState.Done;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            State = JobState.Stopped;
        }
        catch (Exception e)
        {
            Error = e is GeoVlmException ? e.Message : e.ToString(); // a fault of ours is worth its stack trace
            State = JobState.Failed;
            Output.Stream(StreamKind.Stderr, $"job {Name} failed: {Error}\n");
        }
        finally
        {
            clock.Stop();
            ended.Set();
        }
    }
}
