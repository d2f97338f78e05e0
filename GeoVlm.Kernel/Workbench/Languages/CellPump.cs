using System.Collections.Concurrent;
using System.Diagnostics;

namespace GeoVlm.Workbench.Languages;

/// <summary>Brings the continuations of a cell's awaits back to the cell's thread,
/// so that thread-static state holds over an await.</summary>
internal sealed class CellPump(CellScope scope) : SynchronizationContext
{
    // An await that does not know of the interrupt gets this long to end before the cell is given up.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);
    private readonly BlockingCollection<(SendOrPostCallback Call, object? State)> queue = [];

    /// <summary>Runs continuations on the calling thread until the task has ended; its exception is thrown here.</summary>
    /// <returns>False when the cell was interrupted and its task did not end in time.</returns>
    public bool RunUntilDone(Task task)
    {
        task.ContinueWith(
            _ => Post(static _ => { }, null),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        Stopwatch? sinceInterrupt = null;
        try
        {
            while (!task.IsCompleted)
            {
                if (scope.Cancellation.IsCancellationRequested)
                    sinceInterrupt ??= Stopwatch.StartNew();
                if (sinceInterrupt?.Elapsed > Grace)
                    return false;
                if (Take(sinceInterrupt is null ? Timeout.InfiniteTimeSpan : Grace) is { } work)
                    work.Call(work.State);
            }
            task.GetAwaiter().GetResult();
            return true;
        }
        finally
        {
            queue.CompleteAdding();
            foreach ((SendOrPostCallback call, object? state) in queue)
                Elsewhere(call, state);
        }
    }

    /// <inheritdoc />
    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            queue.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            Elsewhere(d, state);
        }
    }

    /// <inheritdoc />
    public override SynchronizationContext CreateCopy() => this;

    private (SendOrPostCallback Call, object? State)? Take(TimeSpan patience)
    {
        try
        {
            return queue.TryTake(
                out (SendOrPostCallback, object?) work,
                (int)patience.TotalMilliseconds,
                scope.Cancellation.IsCancellationRequested ? default : scope.Cancellation
            )
                ? work
                : null;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ThreadInterruptedException)
        {
            return null; // woken by the interrupt, which the loop looks at
        }
    }

    // Tasks that nobody awaited go on elsewhere, as they would without this pump; those of an interrupted cell end with it.
    private void Elsewhere(SendOrPostCallback call, object? state) =>
        ThreadPool.QueueUserWorkItem(_ =>
        {
            if (scope.Cancellation.IsCancellationRequested)
                return;
            try
            {
                call(state);
            }
            catch (Exception exception)
            {
                // Only an `async void` throws here; its cell is gone, and it may not take the process with it.
                if (!scope.RefusesOutput)
                    scope.Write(
                        StreamKind.Stderr,
                        $"unhandled in an async void of an earlier cell: {exception.GetType().Name}: {exception.Message}\n"
                    );
            }
        });
}
