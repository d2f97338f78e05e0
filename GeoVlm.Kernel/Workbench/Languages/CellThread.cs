using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace GeoVlm.Workbench.Languages;

/// <summary>The thread of one cell, and the three stages of its interrupt.</summary>
/// <remarks>
/// Stage 1, at once: the token, and the flag that <see cref="CellInterrupt.Poll"/> reads; ends loops and functions of cells.
/// Stage 2, at once and again from 0.5 s: Thread.Interrupt wakes Sleep, Wait and locks; printing ends the cell too.
/// Stage 3, after 1 s: managed code that never looks (a runaway regex) is left behind: the session goes on without its result.
/// .NET's only abort, ControlledExecution, is no way out: on Linux it ends the process (PAL_SEHException) in most of our tries.
/// Only C# of cells gets stages 2 and 3: a magic command or the compiler, which may be inside of native code, is asked by its token alone.
/// </remarks>
/// <param name="scope">The cell.</param>
/// <param name="isBeside">Whether it may run beside a cell of the main shell.</param>
internal sealed class CellThread(CellScope scope, bool isBeside)
{
    private static readonly TimeSpan UntilRepeat = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan UntilLeft = TimeSpan.FromMilliseconds(1000);
    private const int Left = 1,
        Ended = 2;
    private readonly Lock gate = new();
    private readonly ManualResetEvent done = new(false); // not disposed: a thread left behind sets it late
    private bool runsCode;
    private int runaway; // 0, Left or Ended

    /// <summary>Whether it may run beside a cell of the main shell.</summary>
    public bool IsBeside => isBeside;

    /// <summary>What of the cell could not be stopped.</summary>
    public LeftBehind LeftBehind { get; private set; }

    /// <summary>Runs the body on a new thread, with this cell as scope, and blocks
    /// until it has ended; its exception is thrown here.</summary>
    /// <exception cref="OperationCanceledException">The cell was interrupted and left behind.</exception>
    public void Run(Action body)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = SpareThread.Run(() =>
        {
            CellScope.Current = scope;
            try
            {
                body();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                // No lock here: an interrupt that is still pending would turn it into an exception.
                if (Interlocked.Exchange(ref runaway, Ended) == Left)
                    CellInterrupt.Lower();
                done.Set();
            }
        });

        if (WaitHandle.WaitAny([done, scope.Cancellation.WaitHandle]) == 1 && !Interrupt(thread))
            throw new OperationCanceledException("The cell was interrupted.", scope.Cancellation);
        failure?.Throw();
    }

    /// <summary>Runs C# of a cell on the calling cell thread until its task has ended;
    /// only within this can stages 2 and 3 strike.</summary>
    public void RunCode(Func<Task> start)
    {
        CellPump pump = new(scope);
        SynchronizationContext? before = SynchronizationContext.Current;
        lock (gate)
            runsCode = true;
        try
        {
            SynchronizationContext.SetSynchronizationContext(pump);
            if (pump.RunUntilDone(start()))
                return;
            lock (gate)
                LeftBehind = LeftBehind.Await;
            throw new OperationCanceledException("The cell was interrupted.", scope.Cancellation);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            lock (gate)
                runsCode = false;
        }
    }

    /// <summary>Keeps a result, unless the cell was left behind: then the session may be running the next one.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public void Keep(Action result)
    {
        lock (gate)
        {
            if (LeftBehind != LeftBehind.Nothing)
                throw new OperationCanceledException("The cell was interrupted.", scope.Cancellation);
            result();
        }
    }

    // Whether the thread has ended.
    private bool Interrupt(Thread thread)
    {
        Stopwatch since = Stopwatch.StartNew();
        bool isFirst = true;
        do
        {
            lock (gate)
            {
                if (!runsCode)
                    continue;
                // Not between the two times: that is when `finally` blocks clean up, and they may wait.
                if (isFirst || since.Elapsed > UntilRepeat)
                    thread.Interrupt();
                scope.RefusesOutput = since.Elapsed > UntilRepeat;
                isFirst = false;
                if (since.Elapsed <= UntilLeft)
                    continue;
                LeftBehind = LeftBehind.Call;
                // The flag stays up for it until it ends, whatever the session runs meanwhile.
                if (Interlocked.CompareExchange(ref runaway, Left, 0) == 0)
                    CellInterrupt.Raise();
                return false;
            }
        } while (!done.WaitOne(50));
        return true;
    }
}
